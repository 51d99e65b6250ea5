#include "detectors/maths/kolmogorov.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace driftd::detectors::maths {
namespace {

using std::numbers::pi;

// x - log(1 + x) without cancellation near 0; x > -1.
double excess_of_log(double x) {
  if (std::abs(x) > 0.05) return x - std::log1p(x);
  double power = x * x;
  double sum = 0;
  for (int k = 2; k < 40; ++k) {
    const double term = power / k;
    sum += term;
    if (std::abs(term) < 1e-18 * std::abs(sum)) break;
    power *= -x;
  }
  return sum;
}

}  // namespace

// C. Loader, "Fast and accurate computation of binomial probabilities", 2000.
double stirling_error(double n) {
  static const std::array<double, 16> kSmall = [] {
    std::array<double, 16> table{};
    long double log_factorial = 0;
    for (std::size_t i = 1; i < table.size(); ++i) {
      const auto m = static_cast<long double>(i);
      log_factorial += std::log(m);
      table[i] = static_cast<double>(log_factorial - m * std::log(m) + m -
                                     std::log(2 * std::numbers::pi_v<long double> * m) / 2);
    }
    return table;
  }();
  if (n < 16) return kSmall[static_cast<std::size_t>(n)];
  const double square = n * n;
  return (1.0 / 12 -
          (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square) /
         n;
}

double kolmogorov_sf(double x) {
  if (std::isnan(x)) return x;
  if (x <= 0.04) return 1;  // 1 - 1e-330
  if (x <= 0.82) {          // 1 - sqrt(2 pi) / x * sum of exp(-(2k-1)^2 pi^2 / 8 x^2)
    const double base = -pi * pi / (8 * x * x);
    double cdf = 0;
    for (int k = 7; k >= 1; k -= 2) cdf += std::exp(base * k * k);
    return 1 - std::sqrt(2 * pi) / x * cdf;
  }
  double sum = 0;
  for (int k = 5; k >= 1; --k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return sum;
}

// sum over v of C(n, v) d (d + v/n)^(v-1) (1 - d - v/n)^(n-v): all terms are positive. Each is a
// binomial probability at d + v/n times d / (d + v/n), taken in Loader's saddle-point form.
double smirnov_sf(std::int64_t n, double d) {
  if (n < 1 || std::isnan(d)) return std::numeric_limits<double>::quiet_NaN();
  if (d <= 0) return 1;
  if (d >= 1) return 0;
  const auto size = static_cast<double>(n);
  const double shift = size * d;
  const double whole = stirling_error(size);
  double sum = std::exp(size * std::log1p(-d));
  for (double v = 1; v < size - shift; ++v) {
    const double rest = size - v;
    const double exponent = whole - stirling_error(v) - stirling_error(rest) - v * excess_of_log(shift / v) -
                            rest * excess_of_log(-shift / rest);
    sum += std::sqrt(size / (2 * pi * v * rest)) * std::exp(exponent) * shift / (shift + v);
  }
  return std::min(sum, 1.0);
}

}  // namespace driftd::detectors::maths
