#include "app/pipeline/reference_changes.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "detectors/binning.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace {

using detectors::CellCount;
using detectors::ColumnProfile;
using detectors::ColumnType;
using detectors::Statistic;

constexpr detectors::StatisticSet kCompared = detectors::bit(Statistic::psi) | detectors::bit(Statistic::ks) |
                                              detectors::bit(Statistic::wasserstein_normed);
constexpr int kPoints = 32;  // to which the values of a cell are spread

bool has_same_cells(const ColumnProfile& a, const ColumnProfile& b) {
  return a.type == b.type && a.minimum == b.minimum && a.maximum == b.maximum && a.knots == b.knots &&
         a.categories == b.categories && a.length == b.length;
}

struct Mass {
  double count = 0;
  double units = 0;
};

// Where the values of a fine cell lie: about their mean, as wide as the cell lets them.
struct Spread {
  double at = 0;
  double half = 0;
};
Spread spread_of(const ColumnProfile& column, std::size_t cell, const CellCount& counted) {
  if (cell == detectors::kBelowCell) return {std::nextafter(column.minimum, -INFINITY), 0};
  if (cell == column.above_cell()) return {std::nextafter(column.maximum, INFINITY), 0};
  const std::size_t bin = cell - detectors::kFirstBin;
  const double low = column.low(bin), high = column.knots[bin];
  const double place = (static_cast<double>(counted.units) / static_cast<double>(counted.count) + .5) / 256;
  const double at = std::clamp(low + place * (high - low), low, high);
  return {at, std::min(at - low, high - at)};
}

std::vector<CellCount> rounded(const std::vector<Mass>& masses) {
  std::vector<CellCount> counts(masses.size());
  for (std::size_t cell = 0; cell < masses.size(); ++cell) {
    const Mass& mass = masses[cell];
    counts[cell].count = std::llround(mass.count);
    if (mass.count > 0)
      counts[cell].units = std::llround(mass.units / mass.count * static_cast<double>(counts[cell].count));
  }
  return counts;
}

std::vector<CellCount> numeric_counts(const ColumnProfile& before, const ColumnProfile& now) {
  const detectors::Binner binner(std::vector<const ColumnProfile*>{&before});
  std::vector<Mass> masses(before.cells());
  for (std::size_t cell = 0; cell < now.reference.size(); ++cell) {
    const CellCount& counted = now.reference[cell];
    if (counted.count <= 0) continue;
    if (cell < detectors::kBelowCell) {  // kinds of missing values are the same everywhere
      masses[cell].count += static_cast<double>(counted.count);
      continue;
    }
    const Spread spread = spread_of(now, cell, counted);
    for (int i = 0; i < kPoints; ++i) {
      const double value = spread.at + spread.half * ((2.0 * i + 1) / kPoints - 1);
      const detectors::Cell found = binner.cell_of(0, value);
      const double weight = static_cast<double>(counted.count) / kPoints;
      const bool outer = found.cell == before.below_cell() || found.cell == before.above_cell();
      masses[found.cell].count += weight;
      masses[found.cell].units +=
          weight * static_cast<double>(outer ? detectors::kUnitsOfOuterPlace[found.place] : found.place);
    }
  }
  return rounded(masses);
}

std::vector<CellCount> category_counts(const ColumnProfile& before, const ColumnProfile& now) {
  std::vector<CellCount> counts(before.cells());
  const detectors::Binner binner(std::vector<const ColumnProfile*>{&before});
  for (std::size_t cell = 0; cell < now.reference.size(); ++cell) {
    std::size_t place = cell;  // missing, other and new mean the same everywhere
    if (cell >= detectors::kFirstBin)
      place = binner.cell_of(0, std::string_view(now.categories[cell - detectors::kFirstBin])).cell;
    counts[place].count += now.reference[cell].count;
  }
  return counts;
}

double outside_share(const ColumnProfile& column) {
  const std::int64_t present = column.present();
  if (column.type != ColumnType::numeric || present <= 0) return 0;
  const std::int64_t outer =
      column.reference[detectors::kBelowCell].count + column.reference[column.above_cell()].count;
  return static_cast<double>(outer) / static_cast<double>(present);
}

ChangedColumn changed_column(const ColumnProfile& before, const ColumnProfile& now) {
  ChangedColumn changed;
  changed.name = now.name;
  changed.same_bins = has_same_cells(before, now);
  const auto counts = changed.same_bins ? now.reference : counts_in_cells_of(before, now);
  changed.statistics = detectors::binned_statistics(before, counts, kCompared);
  changed.missing_before = detectors::missing_of(before, before.reference).ratio();
  changed.missing_now = detectors::missing_of(now, now.reference).ratio();
  changed.outside = outside_share(now);
  return changed;
}

}  // namespace

std::vector<CellCount> counts_in_cells_of(const ColumnProfile& before, const ColumnProfile& now) {
  return before.type == ColumnType::numeric ? numeric_counts(before, now) : category_counts(before, now);
}

ReferenceChanges changes_between(const detectors::Profile* before, const detectors::Profile& now,
                                 detectors::Side side) {
  ReferenceChanges changes;
  for (const ColumnProfile* column : now.side(side)) {
    const ColumnProfile* known = before == nullptr ? nullptr : before->find(column->name);
    if (known == nullptr)
      changes.added.push_back(column->name);
    else if (known->type != column->type || known->length != column->length)
      changes.retyped.push_back(column->name);
    else
      changes.columns.push_back(changed_column(*known, *column));
  }
  if (before == nullptr) return changes;
  for (const ColumnProfile* column : before->side(side))
    if (now.find(column->name) == nullptr) changes.removed.push_back(column->name);
  return changes;
}

nlohmann::ordered_json to_json(const ReferenceChanges& changes) {
  using Json = nlohmann::ordered_json;
  Json columns = Json::array();
  for (const ChangedColumn& column : changes.columns) {
    Json statistics = Json::object();
    for (const detectors::StatisticValue& value : column.statistics)
      statistics[std::string(detectors::name_of(value.statistic))] = value.value;
    columns.push_back({{"column", column.name},
                       {"same_bins", column.same_bins},
                       {"statistics", std::move(statistics)},
                       {"missing_ratio",
                        {{"before", column.missing_before ? Json(*column.missing_before) : Json()},
                         {"now", column.missing_now ? Json(*column.missing_now) : Json()}}},
                       {"outside", column.outside}});
  }
  return {{"columns_added", changes.added},
          {"columns_removed", changes.removed},
          {"columns_retyped", changes.retyped},
          {"columns", std::move(columns)}};
}

}  // namespace driftd::app
