// The slices of one and two columns in which errors gather (DESIGN 7.4).
//
// A slice is a range of a numeric column, a category, or what is missing, or two of these together. Its
// effect is its mean loss less that of all other rows; slices are ranked by n times the lower limit of the
// effect, that is by the excess loss that they surely hold, so that both effect and size count and luck
// does not. Limits allow for all slices that could have been named: each is at .05 / M, where M is the
// number of candidates, so that on the whole a slice is named without cause in at most 5 of 100 looks.
//   0/1 errors: Chernoff's bound in both means, q with n KL(mean, q) = ln(2M / .05), valid for any n
//   (Hoeffding 1963); other losses: the difference less z of its standard error (two samples of unequal
//   variance).
// A slice of two columns must also be worse, by the same limits, than what either of its columns adds
// to it: otherwise the shorter one is named. After a slice is found its rows are taken away and the search
// goes on, so that the second is not the first in other words.
//
// All columns are looked at one by one; in pairs all, or beyond kMostPaired the ones between whose bins
// the loss differs most. Pure: the same rows in any order give the same slices (errors are counted in
// integers; other losses are summed in the order of the rows, which is that of slots and hashes).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/performance/slice_columns.h"
#include "detectors/performance/slice_log.h"

namespace driftd::detectors {

struct Slice {
  std::vector<SliceTerm> terms;  // one or two, by column
  std::int64_t n = 0;
  double share = 0;   // of the rows looked at
  double loss = 0;    // mean within
  double rest = 0;    // mean of the others
  double excess = 0;  // lower limit of loss - rest; positive
};

inline constexpr std::int64_t kLeastSliceRows = 30;
inline constexpr std::size_t kMostPaired = 24;
inline constexpr std::size_t kSlicesNamed = 5;

enum class LossKind : std::uint8_t { errors, amounts };

// At most `most` slices, the worst first.
std::vector<Slice> worst_slices(const SliceColumns& columns, const SlicedRows& rows, LossKind kind,
                                std::size_t most = kSlicesNamed);

}  // namespace driftd::detectors
