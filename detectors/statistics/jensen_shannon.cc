#include <algorithm>
#include <cmath>
#include <numbers>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<double> jensen_shannon(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) {
    const double middle = (p + q) / 2;
    if (p > 0) sum += p * std::log2(p / middle);
    if (q > 0) sum += q * std::log2(q / middle);
  });
  return std::sqrt(std::max(sum, 0.0) / 2);
}

std::optional<NullLaw> jensen_shannon_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  const auto dof = static_cast<double>(degrees(reference, current));
  if (dof <= 0) return NullLaw{};
  const double scale = std::sqrt(sizes->inverse() / (8 * std::numbers::ln2));
  return NullLaw{scale * maths::chi_mean(dof), scale * std::sqrt(maths::chi_square_quantile(0.95, dof))};
}

}  // namespace driftd::detectors
