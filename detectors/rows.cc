#include "detectors/rows.h"

#include <unordered_map>
#include <utility>

namespace driftd::detectors {

void RowTable::append(RowTable&& other) {
  if (names.empty() && rows.empty()) {
    *this = std::move(other);
    return;
  }
  std::unordered_map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) places.emplace(names[i], i);
  std::vector<std::size_t> moved;  // their column -> ours
  bool same = true;
  for (std::size_t i = 0; i < other.names.size(); ++i) {
    const auto [found, added] = places.emplace(other.names[i], names.size());
    if (added) names.push_back(other.names[i]);
    moved.push_back(found->second);
    same = same && found->second == i;
  }
  rows.reserve(rows.size() + other.rows.size());
  for (RawRow& row : other.rows) {
    if (!same) {
      std::vector<OwnedValue> values;
      for (std::size_t i = 0; i < row.values.size(); ++i) {
        if (values.size() <= moved[i]) values.resize(moved[i] + 1);
        values[moved[i]] = std::move(row.values[i]);
      }
      row.values = std::move(values);
    }
    rows.push_back(std::move(row));
  }
  other = {};
}

}  // namespace driftd::detectors
