#include <algorithm>
#include <cmath>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

std::optional<TestResult> welch_t(const Moments& reference, const Moments& current) {
  if (!reference.standard_deviation || !current.standard_deviation) return std::nullopt;
  const double a = *reference.standard_deviation * *reference.standard_deviation / reference.n;
  const double b = *current.standard_deviation * *current.standard_deviation / current.n;
  const double t = (reference.mean - current.mean) / std::sqrt(a + b);
  // by the larger one, so that squares of very small or large variances do not get lost
  const double larger = std::max(a, b), x = a / larger, y = b / larger;
  const double dof = (x + y) * (x + y) / (x * x / (reference.n - 1) + y * y / (current.n - 1));
  if (!std::isfinite(t) || !std::isfinite(dof)) return std::nullopt;
  return TestResult{t, std::min(2 * maths::student_t_sf(std::abs(t), dof), 1.0), Method::asymptotic, dof};
}

std::pair<Moments, Moments> moments_of(const TwoSamples& samples) {
  const auto side = [&samples](std::int64_t Step::*count, std::int64_t size) {
    Moments moments{static_cast<double>(size), 0, std::nullopt};
    for (const Step& step : samples.steps()) {
      moments.mean += static_cast<double>(step.*count) / moments.n * step.at;
    }
    double squares = 0;
    for (const Step& step : samples.steps()) {
      squares += static_cast<double>(step.*count) * (step.at - moments.mean) * (step.at - moments.mean);
    }
    if (size > 1) moments.standard_deviation = std::sqrt(squares / (moments.n - 1));
    return moments;
  };
  return {side(&Step::reference, samples.n()), side(&Step::current, samples.m())};
}

}  // namespace driftd::detectors
