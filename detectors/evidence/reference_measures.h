// From the counts that a profile keeps of every five minutes: laws by calendar cell, the variance
// inflation factor and the bank's scales (STATISTICS 4 to 6). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/time.h"
#include "detectors/evidence/calendar.h"
#include "detectors/evidence/monitor_reference.h"

namespace driftd::detectors::evidence {

// Counts of one five-minute block over the symbols of a monitor.
struct BlockCounts {
  Time start = 0;
  std::vector<std::int64_t> counts;
};

// What the residuals are taken of (STATISTICS 5).
enum class Functionals : std::uint8_t {
  tilts,       // numeric: phi_1 and phi_2 of the mid-ranks; a bank too
  indicators,  // categorical: each symbol with p >= .05; the most frequent where none has
  value,       // a rate: symbol 1
};

struct MeasureOptions {
  Calendar calendar;        // with the cells that the span allows
  Duration slot = kMinute;  // of the stream that will be monitored
  bool measure = true;      // false: VIF = 1, no bank, `resolved` (protocols that say so)
};

// Inflation: the largest over the functionals and over blocks of 1 slot (at least 5 min, whole ones), 20 min,
// 1 h, 4 h, 12 h, 1 d and 2 d, as far as there are 7 of them, counted from the reference's first. The same
// of the bank's blocks, which are aligned to the epoch, and left out where slots do not tile them; none is
// shorter than 5 min, since a wobble within these does not show in the reference
// (docs/decisions/0009-the-shortest-block-of-the-bank.md). What never varies has inflation 1. `resolved` is
// false where the factor of the longest blocks exceeds 1.3 (1 + 1/sqrt(nb)) times the one before, nb the
// longest blocks' number (docs/decisions/0005-when-a-wobble-is-resolved.md).
//
// `total` are the counts of the whole reference (blocks miss rows without a time). Without blocks every
// cell has the law of the whole, per_slot is 0, there is no bank, inflation is 1 and `resolved` false.
// Blocks rise, their counts are not negative and as many as those of `total`.
MonitorReference measure(std::span<const std::int64_t> total, std::span<const BlockCounts> blocks,
                         Functionals functionals, const MeasureOptions& options);
// A further regime over the same symbols: its laws and scales, by the functionals of the first. Inflation and
// resolved become the worst, per_slot the smallest: what makes most of the traffic since.
void add_regime(MonitorReference& reference, std::span<const std::int64_t> total,
                std::span<const BlockCounts> blocks, Functionals functionals, const MeasureOptions& options);

}  // namespace driftd::detectors::evidence
