#include <algorithm>
#include <cmath>

#include "detectors/maths/two_sample_laws.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

std::optional<TestResult> kuiper(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  std::int64_t gap = 0, above = 0, below = 0;  // m n (F - G)
  for (const Step& step : samples.steps()) {
    gap += step.reference * samples.m() - step.current * samples.n();
    above = std::max(above, gap);
    below = std::max(below, -gap);
  }
  const auto n = static_cast<double>(samples.n()), m = static_cast<double>(samples.m());
  const double statistic = static_cast<double>(above + below) / (n * m);
  const double root = std::sqrt(n * m / (n + m));
  return TestResult{statistic, maths::kuiper_sf((root + 0.155 + 0.24 / root) * statistic),
                    Method::asymptotic};
}

}  // namespace driftd::detectors
