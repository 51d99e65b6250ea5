#include <cmath>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<double> hellinger(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) {
    const double difference = std::sqrt(p) - std::sqrt(q);
    sum += difference * difference;
  });
  return std::sqrt(sum / 2);
}

std::optional<NullLaw> hellinger_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  const auto dof = static_cast<double>(degrees(reference, current));
  if (dof <= 0) return NullLaw{};
  const double scale = std::sqrt(sizes->inverse() / 8);
  return NullLaw{scale * maths::chi_mean(dof), scale * std::sqrt(maths::chi_square_quantile(0.95, dof))};
}

}  // namespace driftd::detectors
