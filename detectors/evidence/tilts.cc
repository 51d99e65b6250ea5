#include "detectors/evidence/tilts.h"

#include <algorithm>
#include <cmath>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::array<Shape, kDegrees> kShapes = {Shape::location, Shape::scale, Shape::skew, Shape::tails};

Tilt tilt_of(std::size_t degree, double theta, std::span<const double> phis) {
  Tilt tilt;
  tilt.degree = degree;
  tilt.theta = theta;
  tilt.component.shape = kShapes[degree - 1];
  tilt.component.direction = theta > 0 ? 1 : -1;
  tilt.component.parameter = theta;
  for (const double value : phis) tilt.g.push_back(maths::portable_exp(theta * value));
  const auto [least, most] = std::minmax_element(tilt.g.begin(), tilt.g.end());
  tilt.range = *most - *least;
  return tilt;
}

}  // namespace

double phi(std::size_t degree, double u) {
  const double x = 2 * u - 1;
  const double square = x * x;
  switch (degree) {
    case 1:
      return std::sqrt(3.0) * x;
    case 2:
      return std::sqrt(5.0) * (1.5 * square - 0.5);
    case 3:
      return std::sqrt(7.0) * (2.5 * square - 1.5) * x;
    default:
      return 3 * ((35 * square - 30) * square + 3) / 8;
  }
}

std::vector<double> mid_ranks(std::span<const double> p) {
  std::vector<double> ranks;
  double below = 0;
  for (const double share : p) {
    ranks.push_back(below + share / 2);
    below += share;
  }
  return ranks;
}

std::vector<double> phi_by_bin(std::size_t degree, std::span<const double> p) {
  std::vector<double> values = mid_ranks(p);
  for (double& value : values) value = phi(degree, value);
  return values;
}

std::vector<Tilt> tilt_family(std::span<const double> p) {
  std::vector<Tilt> family;
  if (p.empty()) return family;
  for (std::size_t degree = 1; degree <= kDegrees; ++degree) {
    const std::vector<double> phis = phi_by_bin(degree, p);
    for (const double step : kTiltSteps) {
      for (const double theta : {step, -step}) {
        Tilt tilt = tilt_of(degree, theta, phis);
        if (tilt.range > 0) family.push_back(std::move(tilt));
      }
    }
  }
  for (Tilt& tilt : family) tilt.component.weight = 1.0 / static_cast<double>(family.size());
  return family;
}

double floored_mean(const Tilt& tilt, std::span<const double> p, double n, const Floors& floors) {
  double mean = 0;
  for (std::size_t k = 0; k < p.size(); ++k) mean += p[k] * tilt.g[k];
  double variance = 0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    const double residual = tilt.g[k] - mean;
    variance += p[k] * residual * residual;
  }
  return floored_mean(mean, std::sqrt(variance), tilt.range, n, floors);
}

}  // namespace driftd::detectors::evidence
