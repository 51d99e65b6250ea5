#include "app/doctor/mending.h"

#include <algorithm>

#include "collector/join_record.h"
#include "storage/history.h"
#include "storage/keys.h"

namespace driftd::app {

using storage::Table;

bool waits_for(std::string_view key, std::string_view value, const std::set<std::uint32_t>& series) {
  const auto parsed = storage::parse_join_key(key);
  if (!parsed) return false;
  const auto waiting = collector::join::decode(parsed->record, value);
  if (!waiting.ok()) return false;
  return std::ranges::any_of(waiting->predictions,
                             [&](const auto& one) { return series.contains(one.series); }) ||
         std::ranges::any_of(waiting->verdicts, [&](const auto& one) {
           return one.name.series && series.contains(*one.name.series);
         });
}

void Mending::add(const Mending& more) {
  keys.insert(more.keys.begin(), more.keys.end());
  ranges.insert(ranges.end(), more.ranges.begin(), more.ranges.end());
  series.insert(more.series.begin(), more.series.end());
  waiting = waiting || more.waiting;
  put.insert(more.put.begin(), more.put.end());
}

bool Mending::drops(std::string_view key, std::string_view value) const {
  if (key.empty() || keys.contains(std::string(key)) || put.contains(std::string(key))) return true;
  for (const storage::LostKeys& range : ranges)
    if (key >= range.first && (range.end.empty() || key < range.end)) return true;
  storage::KeyReader in(static_cast<Table>(key.front()), key);
  switch (static_cast<Table>(key.front())) {
    case Table::joins:
      return waiting || (!series.empty() && waits_for(key, value, series));
    case Table::state:
    case Table::history:
      return series.contains(in.u32());
    default:
      return false;
  }
}

}  // namespace driftd::app
