#include "detectors/evidence/calendar.h"

#include <algorithm>
#include <iterator>

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kHours = 24;
constexpr std::int64_t kWeekdays = 7;
constexpr std::int64_t kSunday = 6;          // Monday is 0
constexpr std::int64_t kWeekdayOfEpoch = 3;  // 1970-01-01 was a Thursday

}  // namespace

Duration TimeZone::offset_at(Time time) const {
  const auto after = std::upper_bound(changes.begin(), changes.end(), time,
                                      [](Time wanted, const Change& change) { return wanted < change.at; });
  return after == changes.begin() ? first_offset : std::prev(after)->offset;
}

std::size_t Calendar::size() const {
  switch (cells) {
    case Cells::one:
      return 1;
    case Cells::hour_of_day:
      return kHours;
    case Cells::hour_of_week:
      return kHours * kWeekdays;
  }
  return 1;
}

std::size_t Calendar::cell_of(Time time) const {
  if (cells == Cells::one) return 0;
  const Time local = time + zone.offset_at(time);
  const std::int64_t day = slot_of(local, kDay);
  const std::int64_t hour = (local - slot_start(day, kDay)) / kHour;
  if (cells == Cells::hour_of_day) return static_cast<std::size_t>(hour);
  std::int64_t weekday = (day + kWeekdayOfEpoch) % kWeekdays;
  if (weekday < 0) weekday += kWeekdays;
  if (std::binary_search(holidays.begin(), holidays.end(), day)) weekday = kSunday;
  return static_cast<std::size_t>(weekday * kHours + hour);
}

bool covers_days(Duration span, std::int64_t days) { return span >= days * kDay - kHour; }

Cells cells_for(Duration reference_span) {
  if (covers_days(reference_span, 14)) return Cells::hour_of_week;
  return covers_days(reference_span, 2) ? Cells::hour_of_day : Cells::one;
}

}  // namespace driftd::detectors::evidence
