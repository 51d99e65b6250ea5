// Shift: what a column's counts would have been had it drifted by so much. Pure.
//
//   location  of a numeric column, in standard deviations of normal scores: the value of rank u gets rank
//             Phi(Phi^-1(u) + size). Of a normal column that is a shift by `size` standard deviations; of any
//             other the same up to its scale, as the engine itself sees nothing but ranks
//   category  of a categorical column: a share `size` of all values becomes its most frequent category (of
//             those with at most half of it), a rise of one category at the cost of all others
//   missing   of any column: a share `size` of all values goes missing
// Counts are moved in whole events, as many in the mean as the share says, with no more noise than the
// reference's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/profile.h"

namespace driftd::detectors::evidence {

enum class Move : std::uint8_t { location, category, missing };

class Shift {
 public:
  // `p`: the reference's law over the column's evidence bins.
  Shift(const ColumnProfile& column, std::span<const double> p, Move move, double size);

  // Total variation between the reference and what it becomes; of `missing` the share itself.
  [[nodiscard]] double variation() const { return variation_; }
  // All slots' counts, counts_of(column) integers each.
  [[nodiscard]] std::vector<std::int64_t> applied(std::span<const std::int64_t> counts) const;

 private:
  void move_bins(std::span<const std::int64_t> counts, double offset, std::span<std::int64_t> out) const;

  std::size_t bins_;
  std::size_t width_;
  bool numeric_;
  // By bin: the share of its events that ends at or below each bin; then, of `missing`, those that stay.
  std::vector<double> reached_;
  double missing_ = 0;
  double variation_ = 0;
};

}  // namespace driftd::detectors::evidence
