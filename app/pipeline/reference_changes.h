// What another reference would change: columns that come and go, and how far each of the others lies from
// what it was. Pure functions of two profiles.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "detectors/profile.h"
#include "detectors/statistics/statistic.h"

namespace driftd::app {

struct ChangedColumn {
  std::string name;
  bool same_bins = false;  // else the statistics are those of values spread evenly over their cells
  std::vector<detectors::StatisticValue>
      statistics;  // psi, ks, wasserstein_normed, as far as they are defined
  std::optional<double> missing_before, missing_now;  // ratios
  double outside = 0;  // share of the values now that lie outside the range of the cells they are counted in
};

struct ReferenceChanges {
  std::vector<std::string> added, removed, retyped;  // columns, in the order of the reference that has them
  std::vector<ChangedColumn> columns;                // that both have, in the order of the new one
};

// Of one side. `before` may be null: then all columns are added.
ReferenceChanges changes_between(const detectors::Profile* before, const detectors::Profile& now,
                                 detectors::Side side);

// The counts of `now` in the cells of `before`: what a window over those values would hold.
std::vector<detectors::CellCount> counts_in_cells_of(const detectors::ColumnProfile& before,
                                                     const detectors::ColumnProfile& now);

nlohmann::ordered_json to_json(const ReferenceChanges& changes);

}  // namespace driftd::app
