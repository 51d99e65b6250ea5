// BoundedLossMonitor: bets that the mean of a loss in [0, 1] has risen above its limit (STATISTICS 3): L =
// prod (1 + lambda_j (x - m)), lambda_j = {.02 ... .8} / m; I. Waudby-Smith, A. Ramdas, "Estimating means of
// bounded random variables by betting", arXiv 2010.09686. m may differ by stratum, as the label's age:
// the logarithms are summed where pairs are counted (LossBets), rounded down to 2^-32, so that sums merge.
//
// Counts: the number of losses, then the six sums. The calendar has no part in m: a season of the loss is
// in the variance inflation. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/evidence/monitor.h"

namespace driftd::detectors::evidence {

class BoundedLossMonitor : public Monitor {
 public:
  BoundedLossMonitor();

  [[nodiscard]] std::span<const Component> components() const override { return components_; }
  [[nodiscard]] std::size_t width() const override { return 1 + components_.size(); }
  [[nodiscard]] std::int64_t events(std::span<const std::int64_t> counts) const override { return counts[0]; }
  void log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                       std::span<double> out) const override;

 private:
  std::vector<Component> components_;
};

}  // namespace driftd::detectors::evidence
