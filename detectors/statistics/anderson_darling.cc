#include <array>
#include <cmath>
#include <cstddef>

#include "detectors/maths/two_sample_laws.h"
#include "detectors/statistics/compensated_sum.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {
namespace {

// Table 2 of Scholz and Stephens at k = 2: critical values at .25, .1, .05, .025, .01, .005 and .001.
constexpr std::array<double, 7> kCritical = {
    0.675 - 0.245 - 0.105, 1.281 + 0.25 - 0.305,  1.645 + 0.678 - 0.362, 1.96 + 1.149 - 0.391,
    2.326 + 1.822 - 0.396, 2.573 + 2.364 - 0.345, 3.085 + 3.615 - 0.154};
constexpr std::array<double, 7> kLevels = {0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001};

// The parabola through (critical value, log level), least squares: coefficients of 1, x, x^2. By orthogonal
// polynomials, so that nothing cancels.
double interpolated_p_value(double statistic) {
  double mean = 0;
  for (const double x : kCritical) mean += x / kCritical.size();
  double squares = 0, cubes = 0;
  for (const double x : kCritical) {
    squares += (x - mean) * (x - mean);
    cubes += (x - mean) * (x - mean) * (x - mean);
  }
  const auto line = [&](double x) { return x - mean; };
  const auto parabola = [&](double x) {
    return line(x) * line(x) - cubes / squares * line(x) - squares / kCritical.size();
  };
  double along_line = 0, along_parabola = 0, square = 0, level = 0;
  for (std::size_t i = 0; i < kCritical.size(); ++i) {
    const double x = kCritical[i], y = std::log(kLevels[i]);
    level += y / kCritical.size();
    along_line += y * line(x);
    along_parabola += y * parabola(x);
    square += parabola(x) * parabola(x);
  }
  return std::exp(level + along_line / squares * line(statistic) +
                  along_parabola / square * parabola(statistic));
}

// Of A2 under the hypothesis, at k = 2.
double standard_deviation(double n, double m) {
  const double all = n + m, h_sizes = 1 / n + 1 / m;
  const double h = maths::harmonic(all - 1);
  const double g = maths::harmonic_squares(all - 1) - 2 * h / all;
  const double a = (4 * g - 6) + (10 - 6 * g) * h_sizes;
  const double b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * h_sizes - 8 * h + 4 * g - 6;
  const double c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * h_sizes + 4 * h;
  const double d = (2 * h + 6) * 4 - 8 * h;
  const double cubic = ((a * all + b) * all + c) * all + d;
  return std::sqrt(cubic / ((all - 1) * (all - 2) * (all - 3)));
}

}  // namespace

std::optional<TestResult> anderson_darling(const TwoSamples& samples) {
  if (!samples.comparable() || samples.steps().size() < 2 || samples.all() < 4) return std::nullopt;
  const auto n = static_cast<double>(samples.n()), m = static_cast<double>(samples.m()), all = n + m;
  CompensatedSum sum;
  std::int64_t reference = 0, current = 0;
  for (const Step& step : samples.steps()) {
    const auto tied = static_cast<double>(step.both());
    const double rank = static_cast<double>(reference + current) + tied / 2;
    // N M - B n for the reference; that of the current has the same size and the other sign
    const double gap = (static_cast<double>(2 * reference + step.reference) * m -
                        static_cast<double>(2 * current + step.current) * n) /
                       2;
    sum.add(tied / all * (gap * gap) / (rank * (all - rank) - all * tied / 4));
    reference += step.reference;
    current += step.current;
  }
  const double a2 = sum.value() * (1 / n + 1 / m) * (all - 1) / all;
  const double statistic = (a2 - 1) / standard_deviation(n, m);
  if (!std::isfinite(statistic)) return std::nullopt;
  TestResult result{statistic, interpolated_p_value(statistic), Method::asymptotic};
  if (statistic < kCritical.front()) result.p_value = kLevels.front();
  if (statistic > kCritical.back()) result.p_value = kLevels.back();
  return result;
}

}  // namespace driftd::detectors
