// Statistics of a window from merged counts alone (STATISTICS 12): the reference's cells against those
// of the window. Conventions are those of data/MANIFEST.md. Pure; any thread.
//
// What is undefined is not there: no value on one side, or a result that is no finite number.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/cells.h"
#include "detectors/profile.h"
#include "detectors/statistics/statistic.h"

namespace driftd::detectors {

struct Missing {
  std::int64_t events = 0;
  std::int64_t missing = 0;                           // null, absent, type_change and not_finite
  [[nodiscard]] std::optional<double> ratio() const;  // empty where there was no event
};
Missing missing_of(const ColumnProfile& column, std::span<const CellCount> counts);

// Counts of the shown bins: below and above join the outer ones, missing left out. For a categorical
// column the categories, then `other`, then `new`.
std::vector<std::int64_t> shown_counts(const ColumnProfile& column, std::span<const CellCount> counts);
std::vector<std::int64_t> evidence_counts(const ColumnProfile& column, std::span<const CellCount> counts);

// All of statistic.h, in its order, as far as they are wanted (total variation's null mean costs the square
// of the number of categories). Those of orders take what lies in one fine cell as tied, those of distances
// and welch_t as lying at the cell's mean; a `bound` says how far the raw values' may be. `counts` are the
// window's, by cell.
std::vector<StatisticValue> binned_statistics(const ColumnProfile& column, std::span<const CellCount> counts,
                                              StatisticSet wanted = kAllStatistics);

}  // namespace driftd::detectors
