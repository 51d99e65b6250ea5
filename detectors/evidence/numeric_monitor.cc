#include "detectors/evidence/numeric_monitor.h"

#include <utility>

#include "detectors/evidence/linear_monitor.h"

namespace driftd::detectors::evidence {

std::unique_ptr<const Monitor> numeric_monitor(const MonitorReference& reference, const Floors& floors) {
  LinearFamilies families{tilt_family(reference.p), cdf_family(reference.p), value_family(reference.p)};
  const double total = (families.tilts.empty() ? 0 : kTiltWeight) + (families.cdf.empty() ? 0 : kCdfWeight) +
                       (families.values.empty() ? 0 : kBinWeight);
  for (Tilt& tilt : families.tilts) tilt.component.weight *= kTiltWeight / total;
  for (TwoPoint& payoff : families.cdf) payoff.component.weight *= kCdfWeight / total;
  for (TwoPoint& payoff : families.values) payoff.component.weight *= kBinWeight / total;
  return std::make_unique<LinearMonitor>(reference, std::move(families), floors);
}

}  // namespace driftd::detectors::evidence
