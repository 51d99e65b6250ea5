// ReferenceDays: a reference cut into whole days, out of which months are put together that the model might
// have lived through had nothing changed (the block bootstrap of `certify`). Pure.
//
// Days are 24 hours from the reference's first slot on; those of several profiles (regimes) follow one
// another and begin at the same time of the day, so that blocks of time are aligned as they were. A day is
// judged by laws from which its own stretch of the reference was left out, else every day would be judged by
// a mean that it has itself been part of: its week where the profile covers 14 days, else the day (as
// residuals.h does). Such a stretch is a *fold*.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/calendar.h"
#include "detectors/evidence/column_references.h"

namespace driftd::detectors::evidence {

// Slots of the months: a profile's counts are of five minutes, and slots have to divide a day. The shortest
// such slot that is not shorter than the stream's; 0 where that is longer than a day.
Duration replay_slot(Duration slot);

struct ReplayDay {
  std::size_t first = 0;    // its first slot, of all days' slots one after another
  std::size_t profile = 0;  // 0: the reference, then its regimes
  std::size_t fold = 0;
  std::size_t alike = 0;  // days of one number may stand for each other
};

// A profile's part.
struct ReplayStretch {
  std::int64_t first = 0;  // number of its first slot
  std::size_t days = 0;
  std::size_t first_fold = 0;
  std::size_t days_per_fold = 1;
};

struct ReferenceDays {
  Duration slot = 0;
  std::size_t per_day = 0;               // slots
  std::vector<ReplayStretch> stretches;  // by profile
  std::vector<ReplayDay> days;
  std::vector<std::size_t> cells;  // by slot: the calendar's
  std::size_t cells_of_calendar = 1;
  std::size_t folds = 0;
  std::size_t kinds = 1;  // of days: 7 where every profile covers 14 days, else 1

  [[nodiscard]] std::size_t slots() const { return days.size() * per_day; }
  // The time that a fold covers, and the profile that it lies in.
  struct Fold {
    std::size_t profile = 0;
    Time begin = 0;
    Time end = 0;
  };
  [[nodiscard]] Fold fold(std::size_t number) const;
};

// First and last time of a profile's rows.
struct ProfileSpan {
  Time first = kNoTime;
  Time last = kNoTime;
};

// Errors (`invalid`): a profile without times, or of under two days; slots of more than a day.
Result<ReferenceDays> reference_days(std::span<const ProfileSpan> profiles, const Calendar& calendar,
                                     Duration slot);

// The counts of every slot of all days, `width` integers each. `blocks` by profile.
std::vector<std::int64_t> counts_by_slot(const ReferenceDays& days,
                                         std::span<const ColumnBlocks* const> blocks, std::size_t width);

}  // namespace driftd::detectors::evidence
