// The law of a categorical column over its evidence categories: the bin family of STATISTICS 3, each
// category up and down.
#pragma once

#include <memory>
#include <span>

#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/payoff.h"

namespace driftd::detectors::evidence {

// Symbols are the categories, `other` among them.
std::unique_ptr<const Monitor> categorical_monitor(const MonitorReference& reference,
                                                   const Floors& floors = {});

}  // namespace driftd::detectors::evidence
