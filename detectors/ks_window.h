// The last values of a stream, kept in their order of arrival and sorted, so that the Kolmogorov-Smirnov
// distance of its newest part from a sample of its older part takes one walk and no sorting. A value
// costs a move within the sorted ones. Finite values only. Not thread-safe; nothing is allocated after
// the constructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace driftd::detectors {

class KsWindow {
 public:
  // The newest `part` values of `size` are the newest part. Precondition: 1 <= 2 * part <= size.
  KsWindow(std::uint32_t size, std::uint32_t part);

  void clear();
  void push(double value);  // the oldest goes where the window is full
  [[nodiscard]] bool full() const { return count_ == values_.size(); }
  [[nodiscard]] std::uint32_t count() const { return count_; }

  // part * D of the newest part and the values at `sampled` (0 is the oldest): both count `part`.
  // Precondition: full(); `part` different places, all before the newest part.
  std::uint32_t distance(std::span<const std::uint32_t> sampled);

  [[nodiscard]] double at(std::uint32_t place) const { return values_[slot_of(place)]; }  // 0 is the oldest
  [[nodiscard]] std::size_t bytes() const;

 private:
  [[nodiscard]] std::uint32_t slot_of(std::uint32_t place) const {
    const std::uint32_t slot = oldest_ + place;
    return slot < values_.size() ? slot : slot - static_cast<std::uint32_t>(values_.size());
  }
  void insert(double value, std::uint32_t slot);
  void replace(double value, std::uint32_t slot);

  std::vector<double> values_;        // by slot; slots are used in turn
  std::vector<double> sorted_;        // `count_` values in ascending order
  std::vector<std::uint32_t> slots_;  // where each of them is
  std::vector<std::int8_t> marks_;    // by slot: 1 in the newest part, else 0
  std::uint32_t part_;
  std::uint32_t count_ = 0;
  std::uint32_t oldest_ = 0;  // slot
};

// P(part * D >= h) for two samples of `part` values of one continuous law: the exact law (Gnedenko and
// Korolyuk 1951). 1 for h = 0.
double two_sample_ks_p(std::uint32_t part, std::uint32_t h);

}  // namespace driftd::detectors
