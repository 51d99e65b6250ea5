// The law of a numeric column over its evidence bins: tilts .6, cdf .25, bin .15 of the monitor's weight
// (STATISTICS 3). A family without a payoff leaves its weight to the others in proportion; a column with
// all its mass in one bin has no component at all.
//
// Evaluated by structure: four dot products serve the tilts, cumulative counts the cdf family; after that
// every component is two multiplications.
#pragma once

#include <memory>
#include <span>

#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/payoff.h"

namespace driftd::detectors::evidence {

inline constexpr double kTiltWeight = 0.60;
inline constexpr double kCdfWeight = 0.25;
inline constexpr double kBinWeight = 0.15;

// Symbols are the bins in their order.
std::unique_ptr<const Monitor> numeric_monitor(const MonitorReference& reference, const Floors& floors = {});

}  // namespace driftd::detectors::evidence
