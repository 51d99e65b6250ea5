// Calendar: which cell of the week a time lies in (STATISTICS 6).
//
// Cells are hours of the week in the model's time zone (168, Monday 00:00 first), hours of the day (24), or
// one for all; which of them follows from how much the reference spans. Holidays count as Sundays. A pure
// value: the zone comes as its list of offsets, read from the system's database by whoever builds it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace driftd::detectors::evidence {

// UTC offsets of a time zone.
struct TimeZone {
  struct Change {
    Time at = 0;
    Duration offset = 0;  // local time less UTC, from `at` on
  };
  std::string name = "UTC";
  Duration first_offset = 0;    // before the first change
  std::vector<Change> changes;  // rising; none after the last: its offset stays

  [[nodiscard]] Duration offset_at(Time time) const;
};

enum class Cells : std::uint8_t { one, hour_of_day, hour_of_week };

struct Calendar {
  Cells cells = Cells::hour_of_week;
  TimeZone zone;
  std::vector<std::int64_t> holidays;  // local days since the epoch, rising

  [[nodiscard]] std::size_t size() const;
  // Of the slot or block that begins at `time`.
  [[nodiscard]] std::size_t cell_of(Time time) const;
};

// Whether rows over `span` (last less first) cover so many days. A span falls short of what it covers by
// the time between rows: up to an hour of it is forgiven.
bool covers_days(Duration span, std::int64_t days);

// hour_of_week where the reference covers 14 days, hour_of_day where it covers 2, else one.
Cells cells_for(Duration reference_span);

}  // namespace driftd::detectors::evidence
