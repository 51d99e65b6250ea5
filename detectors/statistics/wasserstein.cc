#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "core/exact_sum.h"
#include "detectors/maths/distributions.h"
#include "detectors/statistics/bridge_integrals.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

double gamma_q95(double mean, double variance) {
  return maths::chi_square_quantile(0.95, 2 * mean * mean / variance) * variance / mean / 2;
}

std::optional<double> wasserstein(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  ExactSum area;
  each_gap(samples, [&area](double width, double gap) { area.add(std::abs(gap) * width); });
  const double value = area.value();
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// |B(s)| and |B(t)| of a bridge have the covariance 2/pi sd sd' (r asin r + sqrt(1 - r^2) - 1); r^2 is the
// odds of s over those of t, so each term of the series in r^2 parts into two running sums.
std::optional<NullLaw> wasserstein_null(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  constexpr std::array kSeries = {1.0 / 2, 1.0 / 24, 1.0 / 80, 5.0 / 896};
  std::array<double, 4> running{};
  double mean = 0, variance = 0;
  each_stretch(samples, [&](double width, double below) {
    const double mass = std::sqrt(below * (1 - below)) * width;
    const double odds = below / (1 - below);
    mean += mass;
    double power = 1;
    for (std::size_t k = 0; k < kSeries.size(); ++k) {
      power *= odds;
      variance += kSeries[k] * mass * (2 * running[k] / power + mass);
      running[k] += mass * power;
    }
  });
  const double inverse = 1 / static_cast<double>(samples.n()) + 1 / static_cast<double>(samples.m());
  mean *= std::sqrt(2 / std::numbers::pi * inverse);
  variance *= 2 / std::numbers::pi * inverse;
  if (!(mean > 0)) return NullLaw{};
  const NullLaw law{mean, gamma_q95(mean, variance)};
  return std::isfinite(law.mean) && std::isfinite(law.q95) ? std::optional(law) : std::nullopt;
}

}  // namespace driftd::detectors
