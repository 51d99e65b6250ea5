// The last values of a stream of zeros and ones, oldest first. A plain value: a detector's state holds
// one and saves its parts. Not thread-safe; nothing is allocated after the constructor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace driftd::detectors {

class BitWindow {
 public:
  explicit BitWindow(std::int64_t capacity) : bits_(static_cast<std::size_t>(capacity), 0) {}

  [[nodiscard]] std::int64_t capacity() const { return static_cast<std::int64_t>(bits_.size()); }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] bool full() const { return size_ == capacity(); }
  [[nodiscard]] std::int64_t ones() const { return ones_; }
  // Of the `age` newest; 1 is the newest. Precondition: 1 <= age <= size().
  [[nodiscard]] std::uint8_t newest(std::int64_t age) const {
    std::int64_t at = end_ - age;
    if (at < 0) at += capacity();
    return bits_[static_cast<std::size_t>(at)];
  }
  [[nodiscard]] std::uint8_t oldest() const { return newest(size_); }

  // The oldest goes where the window is full.
  void push(std::uint8_t bit) {
    std::uint8_t& place = bits_[static_cast<std::size_t>(end_)];
    if (full()) {
      ones_ -= place;
    } else {
      ++size_;
    }
    place = bit;
    ones_ += bit;
    if (++end_ == capacity()) end_ = 0;
  }
  // All but the newest `kept` go. Precondition: kept <= size().
  void keep_newest(std::int64_t kept) {
    for (std::int64_t age = kept + 1; age <= size_; ++age) ones_ -= newest(age);
    size_ = kept;
  }
  void clear() {
    std::fill(bits_.begin(), bits_.end(), std::uint8_t{0});
    end_ = size_ = ones_ = 0;
  }

  template <class Self, class Visitor>
  static void each(Self& self, Visitor& visit) {
    visit(self.bits_);
    visit(self.end_);
    visit(self.size_);
    visit(self.ones_);
  }
  // Whether what was loaded is such a window.
  [[nodiscard]] bool plausible() const {
    if (end_ < 0 || end_ >= capacity() || size_ < 0 || size_ > capacity()) return false;
    std::int64_t sum = 0;
    for (const std::uint8_t bit : bits_) {
      if (bit > 1) return false;
    }
    for (std::int64_t age = 1; age <= size_; ++age) sum += newest(age);
    return sum == ones_;
  }
  [[nodiscard]] std::size_t bytes() const { return bits_.capacity(); }

 private:
  std::vector<std::uint8_t> bits_;
  std::int64_t end_ = 0;  // where the next one goes
  std::int64_t size_ = 0;
  std::int64_t ones_ = 0;
};

}  // namespace driftd::detectors
