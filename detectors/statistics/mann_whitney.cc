#include <algorithm>
#include <cmath>

#include "detectors/maths/distributions.h"
#include "detectors/maths/two_sample_laws.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {
namespace {

constexpr std::int64_t kMostForExact = 8;
constexpr double kMostExactCost = 2e7;  // n m: memory of the exact law

// Twice the pairs in which the reference is the larger one, ties counting once.
std::int64_t doubled_u(const TwoSamples& samples) {
  std::int64_t doubled = 0, current = 0;
  for (const Step& step : samples.steps()) {
    doubled += step.reference * (2 * current + step.current);
    current += step.current;
  }
  return doubled;
}

double normal_p_value(double u, const TwoSamples& samples) {
  const auto n = static_cast<double>(samples.n()), m = static_cast<double>(samples.m()), all = n + m;
  double ties = 0;
  for (const Step& step : samples.steps()) {
    const auto tied = static_cast<double>(step.both());
    ties += tied * tied * tied - tied;
  }
  const double deviation = std::sqrt(n * m / 12 * ((all + 1) - ties / (all * (all - 1))));
  const double distance = std::max(u, n * m - u) - n * m / 2 - 0.5;
  return std::min(2 * maths::normal_sf(distance / deviation), 1.0);
}

}  // namespace

std::optional<TestResult> mann_whitney(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  const std::int64_t n = samples.n(), m = samples.m();
  const std::int64_t doubled = doubled_u(samples);
  TestResult result{static_cast<double>(doubled) / 2};
  const bool tied = samples.steps().size() < static_cast<std::size_t>(samples.all());
  const double cost = static_cast<double>(n) * static_cast<double>(m);
  if (std::min(n, m) <= kMostForExact && !tied && cost <= kMostExactCost) {
    const std::int64_t least = std::min(doubled, 2 * n * m - doubled) / 2;
    result.p_value = std::min(2 * maths::rank_sum_cdf(n, m, least), 1.0);
    result.method = Method::exact;
    return result;
  }
  const double p = normal_p_value(result.statistic, samples);
  if (std::isnan(p)) return result;  // one value in all
  result.p_value = p;
  result.method = Method::asymptotic;
  return result;
}

std::optional<double> auc(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  const std::int64_t pairs = samples.n() * samples.m();
  return static_cast<double>(2 * pairs - doubled_u(samples)) / (2 * static_cast<double>(pairs));
}

}  // namespace driftd::detectors
