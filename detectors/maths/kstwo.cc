// kstwo_sf: which algorithm where (Simard and L'Ecuyer; limits as in scipy), and those that are not
// the one-sided law doubled.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>
#include <utility>
#include <vector>

#include "detectors/maths/kolmogorov.h"

namespace driftd::detectors::maths {
namespace {

using std::numbers::pi;

constexpr int kScaleBits = 128;
const double kLarge = std::ldexp(1.0, kScaleBits);
const double kSmall = std::ldexp(1.0, -kScaleBits);

class Matrix {
 public:
  explicit Matrix(std::size_t side) : side_(side), cells_(side * side) {}
  double& at(std::size_t row, std::size_t column) { return cells_[row * side_ + column]; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return cells_[row * side_ + column]; }
  void scale(double factor) {
    for (double& cell : cells_) cell *= factor;
  }

  friend Matrix operator*(const Matrix& a, const Matrix& b) {
    Matrix product(a.side_);
    for (std::size_t i = 0; i < a.side_; ++i) {
      for (std::size_t k = 0; k < a.side_; ++k) {
        const double factor = a.at(i, k);
        if (factor == 0) continue;
        for (std::size_t j = 0; j < a.side_; ++j) product.at(i, j) += factor * b.at(k, j);
      }
    }
    return product;
  }

 private:
  std::size_t side_;
  std::vector<double> cells_;
};

Matrix durbin_matrix(std::size_t side, double h) {
  std::vector<double> column(side), inverse_factorial(side);
  double factor = 1;
  for (std::size_t j = 1; j <= side; ++j) {
    inverse_factorial[j - 1] = factor;
    factor /= static_cast<double>(j);
    column[j - 1] = (1 - std::pow(h, static_cast<double>(j))) * factor;
  }
  const auto power = static_cast<double>(side);
  column.back() = (1 + std::pow(std::max(2 * h - 1, 0.0), power) - 2 * std::pow(h, power)) * factor;
  Matrix matrix(side);
  for (std::size_t i = 1; i < side; ++i) {
    for (std::size_t row = i - 1; row < side; ++row) matrix.at(row, i) = inverse_factorial[row - i + 1];
  }
  for (std::size_t row = 0; row < side; ++row) matrix.at(row, 0) = column[row];
  for (std::size_t i = 0; i < side; ++i) matrix.at(side - 1, i) = column[side - 1 - i];
  return matrix;
}

// The cdf by Durbin's matrix (Marsaglia, Tsang and Wang 2003).
double durbin_cdf(std::int64_t n, double d) {
  const double nd = static_cast<double>(n) * d;
  if (nd <= 0.5) return 0;
  const auto k = static_cast<std::size_t>(std::ceil(nd));
  const std::size_t side = 2 * k - 1;
  Matrix base = durbin_matrix(side, static_cast<double>(k) - nd);
  Matrix result(side);
  for (std::size_t i = 0; i < side; ++i) result.at(i, i) = 1;
  int exponent = 0;
  int base_exponent = 0;
  for (std::int64_t left = n; left > 0; left /= 2) {
    if (left % 2 == 1) {
      result = result * base;
      exponent += base_exponent;
    }
    base = base * base;
    base_exponent *= 2;
    if (std::abs(base.at(k - 1, k - 1)) > kLarge) {
      base.scale(kSmall);
      base_exponent += kScaleBits;
    }
  }
  double p = result.at(k - 1, k - 1);
  for (std::int64_t i = 1; i <= n; ++i) {
    p = static_cast<double>(i) * p / static_cast<double>(n);
    if (std::abs(p) < kSmall) {
      p *= kLarge;
      exponent -= kScaleBits;
    }
  }
  return std::ldexp(p, exponent);
}

// The cdf by the recursion of J. Pomeranz (1974): two rows of a convolution with near-Poisson weights.
class Pomeranz {
 public:
  Pomeranz(std::int64_t n, double d) : n_(n) {
    const double t = static_cast<double>(n) * d;
    whole_ = static_cast<std::int64_t>(std::floor(t));
    const double fraction = t - static_cast<double>(whole_);
    up_ = fraction > 0 ? 1 : 0;
    round_ = fraction > 0.5 ? 1 : 0;
    const double g = std::min(fraction, 1 - fraction);
    const auto size = static_cast<double>(n);
    ends_ = powers(g / size);
    odd_ = powers(2 * g / size);
    even_ = powers((1 - 2 * g) / size);
  }

  double cdf() {
    std::vector<double> row(ends_.size()), next(ends_.size());
    row[0] = 1;
    int exponent = 0;
    std::int64_t start = span(0).first;  // the entry that row[0] is
    for (std::int64_t i = 1; i <= 2 * n_ + 1; ++i) {
      const auto [first, last] = span(i);
      const std::vector<double>& weights = i == 1 || i == 2 * n_ + 1 ? ends_ : i % 2 == 1 ? odd_ : even_;
      double largest = 0;
      std::fill(next.begin(), next.end(), 0.0);
      for (std::int64_t j = first; j <= last; ++j) {
        double sum = 0;
        for (std::int64_t m = start; m <= j; ++m) sum += at(row, m - start) * at(weights, j - m);
        next[static_cast<std::size_t>(j - first)] = sum;
        largest = std::max(largest, sum);
      }
      if (largest > 0 && largest < kSmall) {
        for (double& entry : next) entry *= kLarge;
        exponent -= kScaleBits;
      }
      std::swap(row, next);
      start = first;
    }
    double result = at(row, n_ - start);
    for (std::int64_t m = 1; m <= n_; ++m) {
      if (std::abs(result) > kLarge) {
        result *= kSmall;
        exponent += kScaleBits;
      }
      result *= static_cast<double>(m);
    }
    return std::ldexp(result, exponent);
  }

 private:
  // base^m / m!, m = 0, 1, ...
  [[nodiscard]] std::vector<double> powers(double base) const {
    std::vector<double> result(static_cast<std::size_t>(2 * (whole_ + 1)));
    result[0] = 1;
    for (std::size_t m = 1; m < result.size(); ++m) result[m] = result[m - 1] * base / static_cast<double>(m);
    return result;
  }
  static double at(const std::vector<double>& values, std::int64_t index) {
    return index >= 0 && index < static_cast<std::int64_t>(values.size())
               ? values[static_cast<std::size_t>(index)]
               : 0.0;
  }
  // The entries of row i that are not zero.
  [[nodiscard]] std::pair<std::int64_t, std::int64_t> span(std::int64_t i) const {
    std::int64_t low = -whole_ - up_ - 1;
    std::int64_t high = whole_ + up_ - 1;
    const std::int64_t half = (i + 1) / 2;
    if (i > 0 && i % 2 == 0) {
      low = half - 1 - whole_ - 1;
      high = half + whole_ + round_ - 1;
    } else if (i > 0 && half == n_ + 1) {
      low += n_;
      high += n_;
    } else if (i > 0) {
      low = half - 1 - whole_ - round_ - 1;
      high = half + whole_ - 1 + up_ - 1;
    }
    return {std::max<std::int64_t>(low + 2, 0), std::min(high, n_)};
  }

  std::int64_t n_;
  std::int64_t whole_ = 0;
  std::int64_t up_ = 0;
  std::int64_t round_ = 0;
  std::vector<double> ends_, odd_, even_;
};

// The cdf by the series of W. Pelz and I. Good (1976), for large n.
double pelz_good_cdf(std::int64_t n, double d) {
  const double z = std::sqrt(static_cast<double>(n)) * d;
  const double z2 = z * z, z3 = z2 * z, z4 = z2 * z2, z6 = z3 * z3, z7 = z6 * z, z8 = z4 * z4, z10 = z6 * z4;
  const double p2 = pi * pi, p4 = p2 * p2, p6 = p4 * p2;
  const double log_q = -p2 / 8 / z2;
  if (log_q < -708) return 0;
  const double q = std::exp(log_q);
  std::array<double, 4> k_sum{};
  const int terms = static_cast<int>(std::ceil(16 * z / pi));
  for (int k = terms; k > 0; --k) {
    const double m = 2.0 * k - 1, m2 = m * m, m4 = m2 * m2, m6 = m4 * m2;
    const std::array<double, 4> coefficients = {
        1.0, -z2 + p2 / 4 * m2,
        6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * p2 / 4 * m2 + p4 * (1 - 2 * z2) / 16 * m4,
        -30 * z6 - 90 * z8 + p2 * (135 * z4 - 96 * z6) / 4 * m2 + p4 * (-60 * z2 + 212 * z4) / 16 * m4 +
            p6 * (5 - 30 * z2) / 64 * m6};
    const double power = std::pow(q, 8.0 * k);
    for (std::size_t i = 0; i < 4; ++i) k_sum[i] = k_sum[i] * power + coefficients[i];
  }
  const double root = std::sqrt(2 * pi);
  const std::array<double, 4> divisors = {z, 6 * z4, 72 * z7, 6480 * z10};
  for (std::size_t i = 0; i < 4; ++i) k_sum[i] *= q * root / divisors[i];
  const double outer = std::exp(-p2 / 2 / z2);
  double extra2 = 0, extra3 = 0;
  for (int k = terms; k > 0; --k) {
    const double square = static_cast<double>(k) * k;
    const double power = std::pow(outer, square);
    extra2 += square * power;
    extra3 += (3 * z2 - p2 * square) * square * power;
  }
  k_sum[2] -= extra2 * p2 * root / (36 * z3);
  k_sum[3] += extra3 * p2 * root / (216 * z6);
  double sum = 0, scale = 1;
  for (const double term : k_sum) {
    sum += term / scale;
    scale *= std::sqrt(static_cast<double>(n));
  }
  return sum;
}

// The cdf for 1/2 <= n d <= 1 is n!/n^n (2 n d - 1)^n.
double ruben_gambino_cdf(std::int64_t n, double nd) {
  const auto size = static_cast<double>(n);
  if (n <= 140) {
    double product = 1;
    for (std::int64_t i = 1; i <= n; ++i) product *= static_cast<double>(i) / size * (2 * nd - 1);
    return product;
  }
  return std::sqrt(2 * pi * size) * std::exp(stirling_error(size) - size + size * std::log(2 * nd - 1));
}

double doubled_tail(std::int64_t n, double d) { return std::min(2 * smirnov_sf(n, d), 1.0); }

double complement(double cdf) { return std::clamp(1 - cdf, 0.0, 1.0); }

}  // namespace

double kstwo_sf(std::int64_t n, double d) {
  if (n < 1 || std::isnan(d)) return std::numeric_limits<double>::quiet_NaN();
  const auto size = static_cast<double>(n);
  const double nd = size * d;
  if (d >= 1) return 0;
  if (nd <= 0.5) return 1;
  if (nd <= 1) return complement(ruben_gambino_cdf(n, nd));
  if (nd >= size - 1) return 2 * std::pow(1 - d, size);
  if (d >= 0.5) return doubled_tail(n, d);
  const double squared = nd * d;
  if (n <= 140) {
    if (squared <= 0.754693) return complement(durbin_cdf(n, d));
    if (squared <= 4) return complement(Pomeranz(n, d).cdf());
    return doubled_tail(n, d);
  }
  if (squared >= 370) return 0;
  if (squared >= 2.2) return doubled_tail(n, d);
  if (n <= 100'000 && size * std::pow(d, 1.5) <= 1.4) return complement(durbin_cdf(n, d));
  return complement(pelz_good_cdf(n, d));
}

}  // namespace driftd::detectors::maths
