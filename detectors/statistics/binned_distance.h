// Distances of two numeric samples of which only the cells are known, with rigorous bounds of how far
// they may be from those of the values themselves. Wasserstein-1 in one dimension is the area between
// the distribution functions (S. Vallender 1974). Pure; any thread.
#pragma once

#include <optional>
#include <span>

#include "detectors/cells.h"
#include "detectors/profile.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

struct BinnedDistance {
  double value = 0;
  std::optional<double> bound;  // none: a value may lie beyond the scale of the outer places
};

// Kolmogorov-Smirnov over all knots, minimum and maximum. The value is never above that of the raw
// values; the bound says how far below it may be: at most the largest share in a bin.
std::optional<BinnedDistance> binned_ks(const ColumnProfile& column, std::span<const CellCount> current);

// Wasserstein-1 with each cell's mass at its mean, on both sides. A bin whose mean is m errs by at most
// its share times 2 (m - low) (high - m) / width (mean absolute deviation, at most width / 2), mass
// outside by its share times twice its distance, plus the width of a place.
std::optional<BinnedDistance> binned_wasserstein(const ColumnProfile& column,
                                                 std::span<const CellCount> current);

// Kuiper's statistic and P(current > reference) over the cells, what lies in one being tied.
std::optional<BinnedDistance> binned_kuiper(const ColumnProfile& column, std::span<const CellCount> current);
std::optional<BinnedDistance> binned_auc(const ColumnProfile& column, std::span<const CellCount> current);

// The cells of both sides as steps, below to above: `at` is the cell's number.
TwoSamples steps_of_cells(const ColumnProfile& column, std::span<const CellCount> current);
// The same, each side's mass in a cell at its own mean.
TwoSamples masses_of_cells(const ColumnProfile& column, std::span<const CellCount> current);

}  // namespace driftd::detectors
