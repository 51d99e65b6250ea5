// compare() against a Profile: the current rows fall into its cells, and the counts are compared.
#include <cstddef>
#include <memory>
#include <utility>

#include "detectors/binning.h"
#include "detectors/comparison.h"
#include "detectors/comparison_values.h"
#include "detectors/statistics/binned.h"
#include "detectors/tally.h"

namespace driftd::detectors {
namespace {

std::optional<std::uint32_t> column_in(const Binner& binner, const ValueColumn& values) {
  if (values.role != Role::feature) return binner.column_of(values.role);
  const std::uint32_t column = binner.column_of(values.name);
  return column != Binner::kNone ? std::optional(column) : std::nullopt;
}

Tally tally_of(const Profile& profile, Side side, const std::vector<ValueColumn>& columns, std::size_t rows) {
  const Binner binner(profile, side);
  Tally tally(std::make_shared<TallyLayout>(profile, side));
  std::vector<std::pair<const ValueColumn*, std::uint32_t>> sources;
  for (const ValueColumn& column : columns) {
    if (const auto target = column_in(binner, column)) sources.emplace_back(&column, *target);
  }
  std::vector<std::uint8_t> cells(binner.columns()), places(binner.columns());
  for (std::size_t row = 0; row < rows; ++row) {
    cells.assign(cells.size(), kAbsentCell);
    places.assign(places.size(), 0);
    for (const auto& [source, target] : sources) {
      const Cell cell = binner.cell_of(target, source->values(row));
      cells[target] = cell.cell;
      places[target] = cell.place;
    }
    tally.add(cells, places);
  }
  return tally;
}

ComparedSide reference_side(const ColumnProfile& column) {
  ComparedSide side;
  const Missing missing = missing_of(column, column.reference);
  side.rows = missing.events;
  side.missing = missing.missing;
  side.counts = shown_counts(column, column.reference);
  if (column.type == ColumnType::numeric && column.present() > 0) {
    side.summary = Summary{column.minimum, column.maximum, column.mean, column.standard_deviation};
  }
  return side;
}

ComparedColumn compare_column(const ColumnProfile& profile, std::span<const CellCount> counts) {
  ComparedColumn column;
  column.name = profile.name;
  column.type = profile.type;
  column.reference = reference_side(profile);
  const Missing missing = missing_of(profile, counts);
  column.current.rows = missing.events;
  column.current.missing = missing.missing;
  column.current.counts = shown_counts(profile, counts);
  column.edges = profile.shown_edges;
  if (profile.type == ColumnType::categorical) {
    column.categories = profile.categories;
    column.categories.insert(column.categories.end(), {"(other)", "(new)"});
  }
  column.statistics = binned_statistics(profile, counts);
  return column;
}

}  // namespace

Comparison compare(const Profile& reference, const Table& current) {
  Comparison result;
  result.reference_rows = reference.rows;
  result.current_rows = static_cast<std::int64_t>(current.size());
  result.task = reference.task;
  const auto columns = value_columns(current, reference.task);
  for (const Side side : {Side::predictions, Side::pairs}) {
    const Tally tally = tally_of(reference, side, columns, current.size());
    const auto profiles = reference.side(side);
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      if (profiles[i]->role == Role::loss) continue;     // performance says it better
      if (profiles[i]->role == Role::derived) continue;  // of the reference alone, not of two data sets
      result.columns.push_back(compare_column(*profiles[i], tally.column(i)));
    }
  }
  result.reference =
      compared_performance(reference.performance, reference.performance.metrics(Undefined::zero));
  result.current = compared_performance(current, reference.task);
  return result;
}

}  // namespace driftd::detectors
