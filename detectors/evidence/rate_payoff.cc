#include "detectors/evidence/rate_payoff.h"

#include <algorithm>
#include <cmath>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {

RateNull rate_null(double ones, double n, double tolerance) {
  if (n <= 0) return {};
  const double m0 = (ones + 1) / (n + 1);
  const double variance = std::max(m0 * (1 - m0), 0.0) + 1 / n;
  const double allowance = std::max(tolerance, 2 * std::sqrt(variance / n) + 1 / n);
  return {std::min(m0 + allowance, 1.0), std::max(m0 - allowance, 0.0)};
}

// With o the odds of m and q of odds f o: log(q/m) - log((1-q)/(1-m)) = log f, and (1-q)/(1-m) =
// 1 / (1 + (f-1) m).
double rate_slope(double factor) { return maths::portable_log(factor); }
double rate_base(double factor, double m) { return -maths::portable_log(1 + (factor - 1) * m); }

double rate_log_likelihood(double ones, double n, double factor, double m) {
  return ones * rate_slope(factor) + n * rate_base(factor, m);
}

std::vector<Component> rate_components(Shape shape, bool downward) {
  std::vector<Component> components;
  const auto add = [&](double factor, std::int8_t direction, double weight) {
    Component component;
    component.shape = shape;
    component.direction = direction;
    component.parameter = factor;
    component.weight = weight / static_cast<double>(kOddsFactors.size());
    components.push_back(component);
  };
  for (const double factor : kOddsFactors) add(factor, 1, downward ? 1 - kDownwardWeight : 1);
  if (!downward) return components;
  for (const double factor : kOddsFactors) add(1 / factor, -1, kDownwardWeight);
  return components;
}

}  // namespace driftd::detectors::evidence
