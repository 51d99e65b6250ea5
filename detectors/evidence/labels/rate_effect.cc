#include "detectors/evidence/labels/rate_effect.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace driftd::detectors::evidence {
namespace {

// Of one group: how many more yes than expected, and the variance of that where nothing changed.
struct Surplus {
  double yes = 0;
  double variance = 0;

  [[nodiscard]] double excess() const { return std::abs(yes) - std::sqrt(2 / std::numbers::pi * variance); }
};

}  // namespace

RateEffect rate_effect(const RateStrata& reference, std::span<const std::int64_t> counts) {
  RateEffect effect;
  double excess = 0;
  Surplus surplus;
  for (std::size_t i = 0; i < reference.groups.size(); ++i) {
    const auto no = static_cast<double>(std::max<std::int64_t>(counts[2 * i], 0));
    const auto yes = static_cast<double>(std::max<std::int64_t>(counts[2 * i + 1], 0));
    const double n = no + yes;
    const auto known = static_cast<double>(reference.reference[2 * i] + reference.reference[2 * i + 1]);
    if (n > 0 && known > 0) {
      const double rate = static_cast<double>(reference.reference[2 * i + 1]) / known;
      surplus.yes += yes - n * rate;
      surplus.variance += rate * (1 - rate) * (n + n * n / known);
      effect.expected += n * rate;
      effect.rate += yes;
      effect.values += static_cast<std::int64_t>(n);
    }
    const bool last = i + 1 == reference.groups.size() || reference.groups[i + 1] != reference.groups[i];
    if (!last) continue;
    excess += surplus.excess();
    surplus = {};
  }
  if (effect.values == 0) return {};
  const auto values = static_cast<double>(effect.values);
  effect.excess = excess / values;
  effect.expected /= values;
  effect.rate /= values;
  return effect;
}

}  // namespace driftd::detectors::evidence
