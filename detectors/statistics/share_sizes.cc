#include "detectors/statistics/share_sizes.h"

#include <numeric>

namespace driftd::detectors {

std::optional<Sizes> sizes_of(Counts reference, Counts current) {
  const auto sum = [](Counts counts) {
    return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  };
  const Sizes sizes{sum(reference), sum(current)};
  if (reference.size() != current.size() || sizes.reference <= 0 || sizes.current <= 0) return std::nullopt;
  return sizes;
}

std::int64_t degrees(Counts reference, Counts current) {
  std::int64_t used = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) used += reference[i] + current[i] > 0 ? 1 : 0;
  return used - 1;
}

}  // namespace driftd::detectors
