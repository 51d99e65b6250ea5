#include <algorithm>
#include <cmath>
#include <cstddef>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<ChiSquare> g_test(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  ChiSquare result;
  result.dof = degrees(reference, current);
  if (result.dof == 0) return result;
  const double total = sizes->reference + sizes->current;
  const auto term = [total](std::int64_t count, std::int64_t both, double size) {
    const auto observed = static_cast<double>(count);
    return count > 0 ? observed * std::log(observed / (static_cast<double>(both) * size / total)) : 0;
  };
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const std::int64_t both = reference[i] + current[i];
    sum += term(reference[i], both, sizes->reference) + term(current[i], both, sizes->current);
  }
  result.statistic = std::max(2 * sum, 0.0);
  result.p_value = maths::chi_square_sf(result.statistic, static_cast<double>(result.dof));
  return result;
}

}  // namespace driftd::detectors
