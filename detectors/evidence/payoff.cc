#include "detectors/evidence/payoff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kFewValues = 2000;
constexpr std::array<double, 3> kCdfSteps = {0.04, 0.1, 0.25};
constexpr std::array<double, 4> kValueFactors = {0.25, 0.5, 2, 4};
constexpr double kMostValue = 0.95;

// The bet that the set's mass is q, where the reference says p; left out where that is no bet.
void add_payoff(Shape shape, std::size_t symbol, double p, double q, std::vector<TwoPoint>& family) {
  if (p <= 0 || p >= 1 || q <= 0 || q >= 1 || q == p) return;
  const double inside = q / p;
  const double outside = (1 - q) / (1 - p);
  if (inside < std::numeric_limits<double>::min()) return;
  Component component;
  component.shape = shape;
  component.direction = q > p ? 1 : -1;
  component.symbol = static_cast<std::uint16_t>(symbol);
  component.parameter = q;
  family.push_back({component, inside, outside});
}

void share_weight(std::vector<TwoPoint>& family) {
  for (TwoPoint& payoff : family) payoff.component.weight = 1.0 / static_cast<double>(family.size());
}

double lowered(double share, double step) {
  return share - step > 0.001 ? share - step : share * maths::portable_exp(-step / share);
}

double raised(double share, double step) {
  return share + step < 0.999 ? share + step : 1 - (1 - share) * maths::portable_exp(-step / (1 - share));
}

}  // namespace

double floored_mean(double mean, double deviation, double range, double n, const Floors& floors) {
  if (n <= 0) return std::numeric_limits<double>::infinity();
  const double z = floors.z.value_or(n < kFewValues ? 3 : 2);
  return mean + std::max(floors.eps * range, z * deviation / std::sqrt(n));
}

double floored_mean(const TwoPoint& payoff, double mass, double n, const Floors& floors) {
  const double share = std::clamp(mass, 0.0, 1.0);
  const double range = std::abs(payoff.inside - payoff.outside);
  const double mean = share * payoff.inside + (1 - share) * payoff.outside;
  return floored_mean(mean, range * std::sqrt(share * (1 - share)), range, n, floors);
}

std::vector<TwoPoint> cdf_family(std::span<const double> p) {
  std::vector<TwoPoint> family;
  double share = 0;
  for (std::size_t edge = 0; edge + 1 < p.size(); ++edge) {
    share += p[edge];
    if (share <= 0 || share >= 1) continue;
    for (const double step : kCdfSteps) {
      add_payoff(Shape::distribution, edge, share, lowered(share, step), family);
      add_payoff(Shape::distribution, edge, share, raised(share, step), family);
    }
  }
  share_weight(family);
  return family;
}

std::vector<TwoPoint> value_family(std::span<const double> p, Shape shape) {
  std::vector<TwoPoint> family;
  for (std::size_t symbol = 0; symbol < p.size(); ++symbol) {
    for (const double factor : kValueFactors) {
      add_payoff(shape, symbol, p[symbol], std::min(p[symbol] * factor, kMostValue), family);
    }
  }
  share_weight(family);
  return family;
}

}  // namespace driftd::detectors::evidence
