#include <cmath>

#include "core/exact_sum.h"
#include "detectors/maths/distributions.h"
#include "detectors/statistics/bridge_integrals.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

std::optional<double> energy(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  ExactSum area;
  each_gap(samples, [&area](double width, double gap) { area.add(gap * gap * width); });
  const double value = std::sqrt(2 * area.value());
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// The integral of a squared bridge has the mean of F (1 - F) and twice the squared covariance as variance.
std::optional<NullLaw> energy_null(const TwoSamples& samples) {
  if (!samples.comparable()) return std::nullopt;
  double mean = 0, variance = 0, running = 0;
  each_stretch(samples, [&](double width, double below) {
    const double above = (1 - below) * (1 - below) * width;
    mean += below * (1 - below) * width;
    variance += 4 * above * (running + below * below * width / 2);
    running += below * below * width;
  });
  const double scale = 2 * (1 / static_cast<double>(samples.n()) + 1 / static_cast<double>(samples.m()));
  mean *= scale;
  variance *= scale * scale;
  if (!(mean > 0)) return NullLaw{};
  const double theta = variance / mean;
  const NullLaw law{std::sqrt(theta / 2) * maths::chi_mean(2 * mean / theta),
                    std::sqrt(gamma_q95(mean, variance))};
  return std::isfinite(law.mean) && std::isfinite(law.q95) ? std::optional(law) : std::nullopt;
}

}  // namespace driftd::detectors
