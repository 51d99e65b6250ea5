#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include "detectors/maths/two_sample_laws.h"

namespace driftd::detectors::maths {
namespace {

// Of n against n values, touching the barrier h: an alternating sum of ratios of binomial coefficients,
// folded so that nothing cancels (B. Gnedenko, V. Korolyuk 1951).
double equal_sizes(std::int64_t n, std::int64_t h) {
  double p = 0;
  for (std::int64_t k = n / h; k >= 0; --k) {
    double ratio = 1;
    for (std::int64_t j = 0; j < h; ++j) {
      ratio = static_cast<double>(n - k * h - j) * ratio / static_cast<double>(n + k * h + j + 1);
    }
    p = ratio * (1 - p);
  }
  return 2 * p;
}

}  // namespace

double kolmogorov_two_sample_sf(std::int64_t n, std::int64_t m, std::int64_t distance) {
  if (distance <= 0) return 1;
  if (n < m) std::swap(n, m);
  const std::int64_t common = std::gcd(n, m);
  const std::int64_t rise = n / common, run = m / common;
  const std::int64_t h = distance / common;  // distances are multiples of it
  if (n == m) return std::clamp(equal_sizes(n, h), 0.0, 1.0);
  // touched[j]: the share of paths to (i, j) that touched |run i - rise j| >= h.
  std::vector<double> touched(static_cast<std::size_t>(m) + 1, 1.0);
  std::int64_t low = 0;
  std::int64_t high = std::min((h + rise - 1) / rise, m + 1);  // inside: low <= j < high
  std::fill(touched.begin(), touched.begin() + high, 0.0);
  for (std::int64_t i = 1; i <= n; ++i) {
    const std::int64_t ahead = run * i - h;
    const std::int64_t from = ahead < 0 ? 0 : ahead / rise + 1;
    high = std::min((run * i + h + rise - 1) / rise, m + 1);
    if (from >= high) return 1;
    for (; low < from; ++low) touched[static_cast<std::size_t>(low)] = 1;
    double last = low == 0 ? 0 : 1;
    for (std::int64_t j = low; j < high; ++j) {
      double& here = touched[static_cast<std::size_t>(j)];
      last = (here * static_cast<double>(i) + last * static_cast<double>(j)) / static_cast<double>(i + j);
      here = last;
    }
  }
  return std::clamp(touched[static_cast<std::size_t>(m)], 0.0, 1.0);
}

}  // namespace driftd::detectors::maths
