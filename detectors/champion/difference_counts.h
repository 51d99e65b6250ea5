// How often the losses of a challenger and a champion differed by how much: all that a comparison keeps.
//
// A difference is loss(challenger) - loss(champion), both in [0, 1]. It is rounded to the nearest multiple of
// 1/840, of which groups of up to eight losses of 0 and 1 have their means exactly; of other losses a mean of
// differences is off by at most kRounding. Counts are integers: two of them add up whatever the order and the
// grouping. A value; no threads, no I/O.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "core/codec.h"
#include "core/result.h"

namespace driftd::detectors::champion {

inline constexpr std::int32_t kLattice = 840;  // divisible by 1 to 8
inline constexpr double kRounding = 0.5 / kLattice;

class DifferenceCounts {
 public:
  // Precondition: both in [0, 1].
  void add(double champion_loss, double challenger_loss, std::uint64_t times = 1);
  void merge(const DifferenceCounts& other);

  [[nodiscard]] std::uint64_t total() const { return total_; }
  // Of nothing 0.
  [[nodiscard]] double mean() const;
  [[nodiscard]] double champion_mean() const;
  [[nodiscard]] double challenger_mean() const;

  struct Cell {
    double difference;
    double times;
  };
  // In rising order of the difference.
  [[nodiscard]] std::vector<Cell> cells() const;

  void save(Encoder& out) const;
  static Result<DifferenceCounts> load(Decoder& in);
  friend bool operator==(const DifferenceCounts&, const DifferenceCounts&) = default;

 private:
  std::map<std::int32_t, std::uint64_t> counts_;  // by difference * kLattice
  std::uint64_t total_ = 0;
  std::uint64_t champion_ = 0;  // sums of losses in units of 2^-24
  std::uint64_t challenger_ = 0;
};

}  // namespace driftd::detectors::champion
