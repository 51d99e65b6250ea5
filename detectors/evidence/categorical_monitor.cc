#include "detectors/evidence/categorical_monitor.h"

#include <utility>

#include "detectors/evidence/linear_monitor.h"

namespace driftd::detectors::evidence {

std::unique_ptr<const Monitor> categorical_monitor(const MonitorReference& reference, const Floors& floors) {
  LinearFamilies families;
  families.values = value_family(reference.p);
  return std::make_unique<LinearMonitor>(reference, std::move(families), floors);
}

}  // namespace driftd::detectors::evidence
