// Tilts: smooth payoffs over the mid-ranks of a numeric column's bins (STATISTICS 3), and the same
// functions of the mid-ranks wherever residuals are taken of them (STATISTICS 4 and 5). Pure.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "detectors/evidence/payoff.h"

namespace driftd::detectors::evidence {

inline constexpr std::size_t kDegrees = 4;
inline constexpr std::array<double, 4> kTiltSteps = {0.1, 0.2, 0.4, 0.8};  // theta

// The Legendre polynomial phi_1 .. phi_4 (degree 1 to 4) of the rank u in (0, 1), of variance 1 under the
// uniform law.
double phi(std::size_t degree, double u);
// By bin: half of its own mass and all below.
std::vector<double> mid_ranks(std::span<const double> p);
// phi of every bin's mid-rank.
std::vector<double> phi_by_bin(std::size_t degree, std::span<const double> p);

struct Tilt {
  Component component;
  std::size_t degree = 1;
  double theta = 0;       // with its sign: log g = theta phi
  std::vector<double> g;  // by bin
  double range = 0;       // of g
};

// Weights sum to 1; empty where every bin has the same rank.
std::vector<Tilt> tilt_family(std::span<const double> p);
double floored_mean(const Tilt& tilt, std::span<const double> p, double n, const Floors& floors);

}  // namespace driftd::detectors::evidence
