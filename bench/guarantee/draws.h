// Draws from the laws that the protocols need, of one source: the same seed gives the same numbers with every
// standard library. A value: a copy goes on as the original would.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include "tests/detectors/evidence_streams.h"

namespace driftd::guarantee {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : random_(seed) {}

  double uniform() { return random_.uniform(); }  // in [0, 1)
  std::size_t below(std::size_t limit) { return random_.below(limit); }

  double normal() {  // Box and Muller 1958
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    has_spare_ = true;
    spare_ = radius * std::sin(angle);
    return radius * std::cos(angle);
  }

  // Student's t with 4 degrees of freedom, divided by its deviation.
  double heavy() {
    double chi2 = 0;
    const double numerator = normal();
    for (int i = 0; i < 4; ++i) {
      const double one = normal();
      chi2 += one * one;
    }
    return numerator / std::sqrt(chi2 / 4) / std::numbers::sqrt2;
  }

  std::int64_t poisson(double mean) {
    constexpr double kMostAtOnce = 30;  // the inversion below takes about as many steps
    std::int64_t sum = 0;
    for (; mean > kMostAtOnce; mean -= kMostAtOnce) sum += poisson_of_few(kMostAtOnce);
    return sum + poisson_of_few(mean);
  }

 private:
  std::int64_t poisson_of_few(double mean) {
    double left = uniform();
    double p = std::exp(-mean);
    std::int64_t k = 0;
    while (left >= p && p > 0) {
      left -= p;
      ++k;
      p *= mean / static_cast<double>(k);
    }
    return k;
  }

  detectors::evidence::testing::Random random_;
  bool has_spare_ = false;
  double spare_ = 0;
};

// Independent sources of one seed.
inline std::uint64_t seed_of(std::uint64_t seed, std::uint64_t part) {
  return detectors::evidence::testing::Random(seed * 0x9e3779b97f4a7c15U + part).next();
}

}  // namespace driftd::guarantee
