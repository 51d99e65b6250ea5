#include "detectors/evidence/certify/reference_days.h"

#include <algorithm>
#include <string>

#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kWeek = 7;

// Its whole days; an hour of the last may be missing, as covers_days() has it.
std::size_t whole_days(Time first, Time last) {
  return static_cast<std::size_t>(std::max<Duration>(last - first + kHour, 0) / kDay);
}

std::int64_t modulo(std::int64_t number, std::int64_t of) { return ((number % of) + of) % of; }

bool has_weeks(const ProfileSpan& span) { return covers_days(span.last - span.first, 2 * kWeek); }

// Days of a further profile begin at the time of the day at which those of the first do.
ReplayStretch stretch_of(const ProfileSpan& span, const ReferenceDays& found) {
  ReplayStretch stretch;
  stretch.first = slot_of(span.first, found.slot);
  const auto per_day = static_cast<std::int64_t>(found.per_day);
  if (!found.stretches.empty())
    stretch.first += modulo(found.stretches.front().first - stretch.first, per_day);
  stretch.days = whole_days(std::max(slot_start(stretch.first, found.slot), span.first), span.last);
  stretch.first_fold = found.folds;
  stretch.days_per_fold = has_weeks(span) ? kWeek : 1;
  return stretch;
}

void append_days(const ReplayStretch& stretch, const Calendar& calendar, ReferenceDays& found) {
  const auto per_day = static_cast<std::int64_t>(found.per_day);
  for (std::size_t day = 0; day < stretch.days; ++day) {
    const std::int64_t first = stretch.first + static_cast<std::int64_t>(day) * per_day;
    const std::int64_t number = slot_of(slot_start(first, found.slot), kDay);
    const std::int64_t alike = modulo(number, static_cast<std::int64_t>(found.kinds));
    found.days.push_back({found.slots(), found.stretches.size(),
                          stretch.first_fold + day / stretch.days_per_fold, static_cast<std::size_t>(alike)});
    for (std::int64_t i = 0; i < per_day; ++i)
      found.cells.push_back(calendar.cell_of(slot_start(first + i, found.slot)));
  }
  found.folds += (stretch.days + stretch.days_per_fold - 1) / stretch.days_per_fold;
  found.stretches.push_back(stretch);
}

}  // namespace

Duration replay_slot(Duration slot) {
  for (Duration length = kProfileBlock; length <= kDay; length += kProfileBlock) {
    if (length >= slot && kDay % length == 0) return length;
  }
  return 0;
}

ReferenceDays::Fold ReferenceDays::fold(std::size_t number) const {
  std::size_t profile = 0;
  while (profile + 1 < stretches.size() && stretches[profile + 1].first_fold <= number) ++profile;
  const ReplayStretch& stretch = stretches[profile];
  const Duration length = static_cast<Duration>(stretch.days_per_fold) * kDay;
  const Time begin =
      slot_start(stretch.first, slot) + static_cast<Duration>(number - stretch.first_fold) * length;
  return {profile, begin, begin + length};
}

Result<ReferenceDays> reference_days(std::span<const ProfileSpan> profiles, const Calendar& calendar,
                                     Duration slot) {
  ReferenceDays found;
  found.slot = replay_slot(slot);
  if (found.slot == 0) return Error{ErrorCode::invalid, "slots are longer than a day"};
  found.per_day = static_cast<std::size_t>(kDay / found.slot);
  found.cells_of_calendar = calendar.size();
  for (const ProfileSpan& span : profiles)
    if (span.first == kNoTime) return Error{ErrorCode::invalid, "its rows have no times"};
  found.kinds = std::all_of(profiles.begin(), profiles.end(), has_weeks) ? kWeek : 1;
  for (const ProfileSpan& span : profiles) {
    const ReplayStretch stretch = stretch_of(span, found);
    if (stretch.days < 2)
      return Error{ErrorCode::invalid, "it covers " + format_duration(span.last - span.first) +
                                           ", and at least two days are needed to put one in the place of "
                                           "another"};
    append_days(stretch, calendar, found);
  }
  return found;
}

std::vector<std::int64_t> counts_by_slot(const ReferenceDays& days,
                                         std::span<const ColumnBlocks* const> blocks, std::size_t width) {
  std::vector<std::int64_t> counts(days.slots() * width, 0);
  std::size_t first_day = 0;
  for (std::size_t profile = 0; profile < days.stretches.size(); ++profile) {
    const ReplayStretch& stretch = days.stretches[profile];
    const std::size_t slots = stretch.days * days.per_day;
    const ColumnBlocks& column = *blocks[profile];
    for (std::size_t i = 0; i < column.starts.size(); ++i) {
      const std::int64_t slot = slot_of(column.starts[i], days.slot) - stretch.first;
      if (slot < 0 || slot >= static_cast<std::int64_t>(slots)) continue;
      const std::size_t place = (first_day * days.per_day + static_cast<std::size_t>(slot)) * width;
      for (std::size_t k = 0; k < width; ++k) counts[place + k] += column.counts[i * width + k];
    }
    first_day += stretch.days;
  }
  return counts;
}

}  // namespace driftd::detectors::evidence
