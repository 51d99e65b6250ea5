// What the statistics of shares.h have in common: sizes of both sides, and a walk over the shares. Behind
// detectors/statistics/shares.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "detectors/statistics/shares.h"

namespace driftd::detectors {

struct Sizes {
  double reference = 0;
  double current = 0;
  [[nodiscard]] double inverse() const { return 1 / reference + 1 / current; }
};

// Empty where a side has no value, or the bins are not the same.
std::optional<Sizes> sizes_of(Counts reference, Counts current);

// Bins with a count on either side, less one.
std::int64_t degrees(Counts reference, Counts current);

// visit(p, q) with the shares of both sides, bin by bin, where either is above zero.
template <class Visit>
void each_share(Counts reference, Counts current, const Sizes& sizes, Visit visit) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0 && current[i] == 0) continue;
    visit(static_cast<double>(reference[i]) / sizes.reference,
          static_cast<double>(current[i]) / sizes.current);
  }
}

}  // namespace driftd::detectors
