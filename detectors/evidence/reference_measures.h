// From the counts that a profile keeps of every five minutes: laws by calendar cell, the variance
// inflation factor and the bank's scales (STATISTICS 4 to 6). Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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
  indicators,  // categorical: each symbol with p >= .05
  value,       // a rate: symbol 1
};

struct MeasureOptions {
  Calendar calendar;        // with the cells that the span allows
  Duration slot = kMinute;  // of the stream that will be monitored
  bool measure = true;      // false: VIF = 1, no bank (protocols that say so)
};

// `total` are the counts of the whole reference (blocks miss rows without a time); without blocks there is
// one cell and no measure, and `resolved` is false. Blocks rise.
MonitorReference measure(std::span<const std::int64_t> total, std::span<const BlockCounts> blocks,
                         Functionals functionals, const MeasureOptions& options);
// A further regime over the same symbols: its laws and scales; inflation and resolved become the worst.
void add_regime(MonitorReference& reference, std::span<const std::int64_t> total,
                std::span<const BlockCounts> blocks, Functionals functionals, const MeasureOptions& options);

}  // namespace driftd::detectors::evidence
