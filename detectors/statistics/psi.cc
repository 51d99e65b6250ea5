#include <algorithm>
#include <cmath>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<double> psi(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) {
    p = std::max(p, kShareFloor);
    q = std::max(q, kShareFloor);
    sum += (q - p) * std::log(q / p);
  });
  return sum;
}

std::optional<NullLaw> psi_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  const auto dof = static_cast<double>(degrees(reference, current));
  if (dof <= 0) return NullLaw{};
  return NullLaw{sizes->inverse() * dof, sizes->inverse() * maths::chi_square_quantile(0.95, dof)};
}

}  // namespace driftd::detectors
