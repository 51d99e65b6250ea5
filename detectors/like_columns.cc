#include "detectors/like_columns.h"

#include <algorithm>
#include <utility>

namespace driftd::detectors {

Status take_bins_of(const Profile& like, Side side, std::vector<ColumnProfile>& columns,
                    std::vector<ColumnSource>& sources) {
  std::vector<ColumnProfile> taken;
  std::vector<ColumnSource> taken_sources;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (side_of(columns[i].role) == side) continue;
    taken.push_back(columns[i]);
    taken_sources.push_back(sources[i]);
  }
  for (const ColumnProfile& column : like.columns) {
    if (side_of(column.role) != side || column.role == Role::derived) continue;
    const auto known = std::find_if(columns.begin(), columns.end(),
                                    [&](const ColumnProfile& own) { return own.name == column.name; });
    if (known == columns.end() && side == Side::predictions)
      return Error{ErrorCode::invalid, "the rows have no column " + column.name +
                                           ", which the profile has that they are to be like"};
    ColumnProfile& made = taken.emplace_back(column);
    made.reference.assign(column.cells(), CellCount{});
    if (known == columns.end()) {
      taken_sources.push_back({column.name, column.role, [](std::size_t) { return Value{}; }});
      continue;
    }
    if (column.type == ColumnType::numeric && known->type == column.type) {
      made.mean = known->mean;
      made.standard_deviation = known->standard_deviation;
    }
    taken_sources.push_back(sources[static_cast<std::size_t>(known - columns.begin())]);
  }
  columns = std::move(taken);
  sources = std::move(taken_sources);
  return success();
}

}  // namespace driftd::detectors
