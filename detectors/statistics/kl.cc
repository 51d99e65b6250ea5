#include <algorithm>
#include <cmath>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<double> kl(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double all_p = 0, all_q = 0;
  each_share(reference, current, *sizes, [&](double p, double q) {
    all_p += std::max(p, kShareFloor);
    all_q += std::max(q, kShareFloor);
  });
  double sum = 0;
  each_share(reference, current, *sizes, [&](double p, double q) {
    p = std::max(p, kShareFloor) / all_p;
    q = std::max(q, kShareFloor) / all_q;
    sum += p * std::log(p / q);
  });
  return std::max(sum, 0.0);
}

std::optional<NullLaw> kl_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  const auto dof = static_cast<double>(degrees(reference, current));
  if (dof <= 0) return NullLaw{};
  const double scale = sizes->inverse() / 2;
  return NullLaw{scale * dof, scale * maths::chi_square_quantile(0.95, dof)};
}

}  // namespace driftd::detectors
