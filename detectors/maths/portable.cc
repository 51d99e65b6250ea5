#include "detectors/maths/portable.h"

#include <bit>
#include <cstdint>
#include <limits>

namespace driftd::detectors::maths {
namespace {

constexpr double kLn2High = 0x1.62e42feep-1;  // 33 bits, so that k * kLn2High is exact
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSmallestNormal = std::numeric_limits<double>::min();

// Written without branches, so that the compiler can do several elements at once.
inline double exp_of(double x) {
  constexpr double kOneOverLn2 = 0x1.71547652b82fep0;
  constexpr double kShift = 0x1.8p52;  // after adding it, the last bits are the rounded integer
  const double shifted = x * kOneOverLn2 + kShift;
  const double k = shifted - kShift;
  const double high = x - k * kLn2High;
  const double low = k * kLn2Low;
  const double r = high - low;
  const double t = r * r;
  const double c = r - t * (1.66666666666666019037e-01 +
                            t * (-2.77777777770155933842e-03 +
                                 t * (6.61375632143793436117e-05 +
                                      t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
  const double value = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
  const double scale = std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) + 1023U) << 52U);
  const double result = value * scale;
  return x < -708.0 ? 0.0 : (x > 709.0 ? kInfinity : result);
}

inline double log_of(double x) {
  constexpr std::uint64_t kHalfRoot = 0x3fe6a09e00000000U;  // about sqrt(1/2): m in [that, twice that)
  constexpr std::uint64_t kMantissa = 0x000fffffffffffffU;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x) + (0x3ff0000000000000U - kHalfRoot);
  // The exponent as a double: put into the last bits of 2^52.
  const double k = std::bit_cast<double>((bits >> 52U) | 0x4330000000000000U) - (0x1p52 + 1023.0);
  const double f = std::bit_cast<double>((bits & kMantissa) + kHalfRoot) - 1.0;
  const double half_square = 0.5 * f * f;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even =
      w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double rest = odd + even;
  const double result = s * (half_square + rest) + k * kLn2Low - half_square + f + k * kLn2High;
  const double of_positive = x < kSmallestNormal ? -kInfinity : (x < kInfinity ? result : x);
  return x < 0.0 ? std::numeric_limits<double>::quiet_NaN() : of_positive;
}

}  // namespace

double portable_exp(double x) { return exp_of(x); }
double portable_log(double x) { return log_of(x); }

void portable_exp(std::span<double> values) {
  double* const data = values.data();
  const std::size_t size = values.size();
  for (std::size_t i = 0; i < size; ++i) data[i] = exp_of(data[i]);
}

void portable_log(std::span<double> values) {
  double* const data = values.data();
  const std::size_t size = values.size();
  for (std::size_t i = 0; i < size; ++i) data[i] = log_of(data[i]);
}

}  // namespace driftd::detectors::maths
