// A 0/1 question about a column: is the value missing, below the minimum, wrong? Symbols: no, yes
// (STATISTICS 3, *Rates*). In each calendar cell the largest rate of all regimes is conceded upward, the
// smallest downward.
#pragma once

#include <memory>

#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/rate_payoff.h"

namespace driftd::detectors::evidence {

// Precondition: two symbols.
std::unique_ptr<const Monitor> rate_monitor(const MonitorReference& reference, Shape shape,
                                            double tolerance = kTolerance);

}  // namespace driftd::detectors::evidence
