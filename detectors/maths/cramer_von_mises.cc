#include <gsl/gsl_sf_bessel.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "detectors/maths/gsl_errors.h"
#include "detectors/maths/two_sample_laws.h"

namespace driftd::detectors::maths {
namespace {

using std::numbers::pi;

// Paths by what they add up to, rising.
using Paths = std::vector<std::pair<std::int64_t, double>>;

Paths joined(const Paths& a, const Paths& b, std::int64_t more) {
  Paths result;
  result.reserve(a.size() + b.size());
  auto i = a.begin(), j = b.begin();
  while (i != a.end() || j != b.end()) {
    if (j == b.end() || (i != a.end() && i->first < j->first)) {
      result.emplace_back(i->first + more, i->second);
      ++i;
    } else if (i == a.end() || j->first < i->first) {
      result.emplace_back(j->first + more, j->second);
      ++j;
    } else {
      result.emplace_back(i->first + more, i->second + j->second);
      ++i;
      ++j;
    }
  }
  return result;
}

double limit_cdf(double x) {
  without_gsl_aborts();
  double sum = 0;
  for (int k = 0; k < 100; ++k) {
    const double y = 4 * k + 1;
    const double q = y * y / (16 * x);
    if (q > 350) break;
    const double u =
        std::exp(std::lgamma(k + 0.5) - std::lgamma(k + 1.0)) / (std::pow(pi, 1.5) * std::sqrt(x));
    const double term = u * std::sqrt(y) * std::exp(-2 * q) * gsl_sf_bessel_Knu_scaled(0.25, q);
    sum += term;
    if (term < 1e-18) break;
  }
  return sum;
}

// Smirnov's integral over (pi, 2 pi) less that over (3 pi, 4 pi) ..., each by Gauss-Chebyshev quadrature,
// which takes in the roots of the sine at the ends.
double limit_tail(double x) {
  constexpr int kNodes = 64;
  double sum = 0;
  for (int k = 1; k <= 3; ++k) {
    double part = 0;
    for (int i = 0; i < kNodes; ++i) {
      const double s = std::cos(pi * (i + 0.5) / kNodes);
      const double t = pi * (2 * k - 0.5) + pi / 2 * s;
      part += std::exp(-x * t * t / 2) * std::sqrt((1 - s * s) / (t * std::cos(pi / 2 * s)));
    }
    sum += (k % 2 == 1 ? 1 : -1) * part * pi / kNodes;
  }
  return sum;  // 2 / pi of Smirnov's times pi / 2 of the substitution
}

}  // namespace

double cramer_von_mises_sf(double x) {
  if (std::isnan(x) || x < 0.003) return std::isnan(x) ? x : 1;  // 1 - 1e-18
  return x > 1.2 ? limit_tail(x) : std::clamp(1 - limit_cdf(x), 0.0, 1.0);
}

double cramer_von_mises_two_sample_sf(std::int64_t n, std::int64_t m, std::int64_t sum) {
  const std::int64_t least = std::lcm(n, m);
  const std::int64_t step_n = least / n, step_m = least / m;
  // (step_n v - step_m u)^2 along the path adds up to this
  const std::int64_t common = std::gcd(n, m);
  const std::int64_t limit = sum / (common * common);
  std::vector<Paths> row(static_cast<std::size_t>(n) + 1);
  row[0] = {{0, 1.0}};
  for (std::int64_t u = 0; u <= m; ++u) {
    Paths before;
    for (std::int64_t v = 0; v <= n; ++v) {
      Paths& here = row[static_cast<std::size_t>(v)];
      const std::int64_t gap = step_n * v - step_m * u;
      here = joined(before, here, gap * gap);
      before = here;
    }
  }
  double all = 0, beyond = 0;
  for (const auto& [value, paths] : row.back()) {
    all += paths;
    if (value >= limit) beyond += paths;
  }
  return beyond / all;
}

}  // namespace driftd::detectors::maths
