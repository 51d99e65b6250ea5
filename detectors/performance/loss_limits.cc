#include "detectors/performance/loss_limits.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "detectors/maths/distributions.h"

namespace driftd::detectors {
namespace {

double divergence(double p, double q) {
  const auto part = [](double a, double b) { return a > 0 ? a * std::log(a / b) : 0; };
  return part(p, q) + part(1 - p, 1 - q);
}

// The q between `p` and `end` with n KL(p, q) = nats.
double limit(double p, double end, double n, double nats) {
  constexpr int kHalvings = 48;
  double inner = p, outer = end;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (inner + outer) / 2;
    (n * divergence(p, middle) < nats ? inner : outer) = middle;
  }
  return outer;
}

double variance_of_mean(const LossSums& sums) {
  const auto n = static_cast<double>(sums.n);
  if (sums.n < 2) return std::numeric_limits<double>::infinity();
  const double mean = sums.loss / n;
  return std::max(0.0, sums.square / n - mean * mean) / (n - 1);
}

}  // namespace

LossSums& LossSums::operator+=(const LossSums& other) {
  n += other.n;
  loss += other.loss;
  square += other.square;
  return *this;
}

LossSums& LossSums::operator-=(const LossSums& other) {
  n -= other.n;
  loss -= other.loss;
  square -= other.square;
  return *this;
}

LossLimits::LossLimits(bool errors, double risk)
    : errors_(errors), nats_(std::log(2 / risk)), deviations_(-maths::normal_quantile(risk)) {}

double LossLimits::excess(const LossSums& in, const LossSums& out) const {
  if (in.n <= 0 || out.n <= 0) return 0;
  const double within = in.mean(), without = out.mean();
  if (!(within > without)) return 0;
  if (!errors_)
    return within - without - deviations_ * std::sqrt(variance_of_mean(in) + variance_of_mean(out));
  // Cheap, and true of most: not even against the other mean as it is.
  if (without > 0 && static_cast<double>(in.n) * divergence(within, without) < nats_) return 0;
  return limit(within, 0, static_cast<double>(in.n), nats_) -
         limit(without, 1, static_cast<double>(out.n), nats_);
}

}  // namespace driftd::detectors
