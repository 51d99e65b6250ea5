#include <algorithm>
#include <cmath>

#include "detectors/maths/two_sample_laws.h"
#include "detectors/statistics/compensated_sum.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {
namespace {

constexpr std::int64_t kMostForExact = 20;

double limit_p_value(double t, double n, double m) {
  const double all = n + m;
  const double mean = (1 + 1 / all) / 6;
  const double variance =
      (all + 1) * (4 * n * m * all - 3 * (n * n + m * m) - 2 * n * m) / (45 * all * all * 4 * n * m);
  return maths::cramer_von_mises_sf(1.0 / 6 + (t - mean) / std::sqrt(45 * variance));
}

}  // namespace

std::optional<TestResult> cramer_von_mises(const TwoSamples& samples) {
  if (!samples.comparable() || samples.n() < 2 || samples.m() < 2) return std::nullopt;
  CompensatedSum sum;  // of (n m (F - G))^2
  std::int64_t gap = 0;
  for (const Step& step : samples.steps()) {
    gap += step.reference * samples.m() - step.current * samples.n();
    sum.add(static_cast<double>(step.both()) * (static_cast<double>(gap) * static_cast<double>(gap)));
  }
  const auto n = static_cast<double>(samples.n()), m = static_cast<double>(samples.m());
  TestResult result{sum.value() / (n * m * (n + m) * (n + m))};
  if (std::max(samples.n(), samples.m()) <= kMostForExact) {
    result.p_value = maths::cramer_von_mises_two_sample_sf(samples.n(), samples.m(),
                                                           static_cast<std::int64_t>(sum.value()));
    result.method = Method::exact;
  } else {
    result.p_value = limit_p_value(result.statistic, n, m);
    result.method = Method::asymptotic;
  }
  return result;
}

}  // namespace driftd::detectors
