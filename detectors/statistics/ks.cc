#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "detectors/maths/kolmogorov.h"
#include "detectors/maths/two_sample_laws.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

std::optional<KolmogorovSmirnov> kolmogorov_smirnov(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  std::int64_t gap = 0, largest = 0;  // m n (F - G)
  for (const Step& step : samples.steps()) {
    gap += step.reference * samples.m() - step.current * samples.n();
    largest = std::max(largest, std::abs(gap));
  }
  const auto n = static_cast<double>(std::max(samples.n(), samples.m()));
  const auto m = static_cast<double>(std::min(samples.n(), samples.m()));
  KolmogorovSmirnov result;
  result.statistic = static_cast<double>(largest) / (n * m);
  const double effective = n * m / (n + m);
  const auto rounded = static_cast<std::int64_t>(std::nearbyint(effective));
  if (rounded > 0) result.p_value = maths::kstwo_sf(rounded, result.statistic);
  result.p_value_limit = maths::kolmogorov_sf(result.statistic * std::sqrt(effective));
  if (n <= static_cast<double>(kMostForExactKs)) {
    result.p_value_exact = maths::kolmogorov_two_sample_sf(samples.n(), samples.m(), largest);
  }
  return result;
}

}  // namespace driftd::detectors
