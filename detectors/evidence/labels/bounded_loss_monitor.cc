#include "detectors/evidence/labels/bounded_loss_monitor.h"

#include "detectors/evidence/labels/pair_counts.h"

namespace driftd::detectors::evidence {

BoundedLossMonitor::BoundedLossMonitor() {
  for (const double fraction : kBetFractions) {
    Component component;
    component.shape = Shape::mean;
    component.direction = 1;
    component.parameter = fraction;
    component.weight = 1.0 / static_cast<double>(kBets);
    components_.push_back(component);
  }
}

void BoundedLossMonitor::log_likelihoods(std::span<const std::int64_t> counts, std::size_t /*cell*/,
                                         std::span<double> out) const {
  for (std::size_t j = 0; j < kBets; ++j) out[j] = static_cast<double>(counts[1 + j]) * kBetUnit;
}

}  // namespace driftd::detectors::evidence
