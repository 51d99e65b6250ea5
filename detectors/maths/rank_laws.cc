// The laws that are sums over ranks or tables, and Kuiper's.
#include <gsl/gsl_sf_psi.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>
#include <vector>

#include "detectors/maths/gsl_errors.h"
#include "detectors/maths/two_sample_laws.h"

namespace driftd::detectors::maths {

// Multiplied by (1 - q^(m + i)) / (1 - q^i) for i = 1 ... n, coefficient by coefficient.
double rank_sum_cdf(std::int64_t n, std::int64_t m, std::int64_t u) {
  if (n > m) std::swap(n, m);
  if (u < 0) return 0;
  const auto size = static_cast<std::size_t>(u) + 1;
  std::vector<double> ways(size, 0.0);
  ways[0] = 1;
  double all = 1;
  for (std::int64_t i = 1; i <= n; ++i) {
    const auto over = static_cast<std::size_t>(m + i), under = static_cast<std::size_t>(i);
    for (std::size_t k = size; k-- > over;) ways[k] -= ways[k - over];
    for (std::size_t k = under; k < size; ++k) ways[k] += ways[k - under];
    all *= static_cast<double>(m + i) / static_cast<double>(i);
  }
  double sum = 0;
  for (const double way : ways) sum += way;
  return std::min(sum / all, 1.0);
}

double kuiper_sf(double x) {
  if (std::isnan(x)) return x;
  if (x < 0.4) return 1;  // 1 - 1e-10
  double sum = 0;
  for (int k = 20; k >= 1; --k) {
    const double square = k * x * (k * x);
    sum += 2 * (4 * square - 1) * std::exp(-2 * square);
  }
  return std::clamp(sum, 0.0, 1.0);
}

namespace {

// The weights of all tables with given margins, told by their first cell, as ratios to the likeliest.
class Tables {
 public:
  Tables(std::int64_t row, std::int64_t other_row, std::int64_t column)
      : row_(row), other_row_(other_row), column_(column) {}

  [[nodiscard]] std::int64_t least() const { return std::max<std::int64_t>(0, column_ - other_row_); }
  [[nodiscard]] std::int64_t most() const { return std::min(row_, column_); }
  [[nodiscard]] std::int64_t mode() const {
    const double at = (static_cast<double>(row_) + 1) * (static_cast<double>(column_) + 1) /
                      (static_cast<double>(row_) + static_cast<double>(other_row_) + 2);
    return std::clamp(static_cast<std::int64_t>(at), least(), most());
  }
  // The weight of first + 1 over that of first.
  [[nodiscard]] double ratio(std::int64_t first) const {
    return static_cast<double>(row_ - first) * static_cast<double>(column_ - first) /
           (static_cast<double>(first + 1) * static_cast<double>(other_row_ - column_ + first + 1));
  }
  // visit(first, weight) for all whose weight is above zero.
  template <class Visit>
  void each(Visit visit) const {
    double weight = 1;
    for (std::int64_t first = mode(); weight > 0; ++first) {
      visit(first, weight);
      if (first == most()) break;
      weight *= ratio(first);
    }
    weight = 1;
    for (std::int64_t first = mode(); first > least();) {
      --first;
      weight /= ratio(first);
      if (!(weight > 0)) break;
      visit(first, weight);
    }
  }

 private:
  std::int64_t row_, other_row_, column_;
};

}  // namespace

double fisher_p_value(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  const Tables tables(a + b, c + d, a + c);
  double here = 0;
  tables.each([a, &here](std::int64_t first, double weight) {
    if (first == a) here = weight;
  });
  double all = 0, extreme = 0;
  const double limit = here * (1 + 1e-7);
  tables.each([&](std::int64_t, double weight) {
    all += weight;
    if (weight <= limit) extreme += weight;
  });
  return std::min(extreme / all, 1.0);
}

double harmonic(double n) {
  without_gsl_aborts();
  return gsl_sf_psi(n + 1) + std::numbers::egamma;
}

double harmonic_squares(double n) {
  without_gsl_aborts();
  return std::numbers::pi * std::numbers::pi / 6 - gsl_sf_psi_1(n + 1);
}

}  // namespace driftd::detectors::maths
