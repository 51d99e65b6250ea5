// What a column's reference holds at the hours that other counts came from, so that effects and words compare
// like with like: what is usual at night is no drift of the day's mean (STATISTICS 6,
// docs/decisions/0010-like-with-like.md).
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/time.h"
#include "detectors/cells.h"
#include "detectors/evidence/calendar.h"
#include "detectors/profile.h"
#include "detectors/tally.h"

namespace driftd::detectors::evidence {

// Counts of one column, by cell of the calendar, then of the column.
using CountsByHour = std::vector<std::vector<CellCount>>;

// From the blocks of one side of a reference; bytes that are no tally of the layout count as none.
CountsByHour counts_by_hour(std::span<const ProfileBlock> blocks, Side side,
                            const std::shared_ptr<const TallyLayout>& layout, std::size_t column,
                            const Calendar& calendar);

// Adds `events` that came in [begin, end) to the calendar's cells that it covers, in proportion to what the
// reference had there. Precondition: as many weights as the calendar has cells.
void spread_events(const Calendar& calendar, const CountsByHour& reference, Time begin, Time end,
                   double events, std::vector<double>& weights);

// The column with a reference of the same size, mixed from its hours by these weights; its mean is that of
// the mixture. An hour with fewer than 400 values says what its hour of the day does, and that with fewer
// what the whole does.
ColumnProfile at_hours(const ColumnProfile& column, const CountsByHour& reference, const Calendar& calendar,
                       std::span<const double> weights);

}  // namespace driftd::detectors::evidence
