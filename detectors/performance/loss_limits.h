// Means of losses compared at a given risk (slice_search.h has the formulas and sources).
#pragma once

#include <cstdint>

namespace driftd::detectors {

struct LossSums {
  std::int64_t n = 0;
  double loss = 0;
  double square = 0;

  [[nodiscard]] double mean() const { return n > 0 ? loss / static_cast<double>(n) : 0; }
  LossSums& operator+=(const LossSums& other);
  LossSums& operator-=(const LossSums& other);
};

class LossLimits {
 public:
  // `errors`: losses are 0 or 1. risk in (0, 1), of each comparison.
  LossLimits(bool errors, double risk);
  // Lower limit of the first mean less the second; at most 0 where it is not surely larger.
  [[nodiscard]] double excess(const LossSums& in, const LossSums& out) const;

 private:
  bool errors_;
  double nats_;        // ln(2 / risk)
  double deviations_;  // the normal's upper point
};

}  // namespace driftd::detectors
