#include <cstddef>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {

std::optional<ChiSquare> chi_square(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  ChiSquare result;
  result.dof = degrees(reference, current);
  if (result.dof == 0) return result;
  const double total = sizes->reference + sizes->current;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto both = static_cast<double>(reference[i] + current[i]);
    if (both == 0) continue;
    const double expected_reference = both * sizes->reference / total;
    const double expected_current = both * sizes->current / total;
    const double r = static_cast<double>(reference[i]) - expected_reference;
    const double c = static_cast<double>(current[i]) - expected_current;
    result.statistic += r * r / expected_reference + c * c / expected_current;
  }
  result.p_value = maths::chi_square_sf(result.statistic, static_cast<double>(result.dof));
  return result;
}

}  // namespace driftd::detectors
