// Payoffs of two values, and the floors of all payoffs (STATISTICS 3).
//
// A payoff is a positive function g of the symbol of one event. It is a fair bet against a law p once it is
// divided by Z = E_p[g] + floor: E_Q[g / Z] <= 1 for every Q within the floor of p. Many payoffs have only
// two values, one on a set of symbols and one off it; then Z needs no more than the set's mass.
//
// Pure functions of plain values.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "detectors/evidence/monitor.h"

namespace driftd::detectors::evidence {

// What is conceded to the reference. The floor is the larger of `eps` (in total variation) times the range
// of g and z standard errors of the reference's own mean of g; z is 3 below 2000 values and 2 from there on,
// unless it is given.
struct Floors {
  double eps = 0.02;
  std::optional<double> z;
};

// Z = mean + floor. `n`: values of the reference behind mean and deviation; 0 gives infinity.
double floored_mean(double mean, double deviation, double range, double n, const Floors& floors);

struct TwoPoint {
  Component component;
  double inside = 1;   // g on the component's set of symbols
  double outside = 1;  // g off it; neither is 0
};

double floored_mean(const TwoPoint& payoff, double mass, double n, const Floors& floors);

// The families by the law of the whole reference, each with weights that sum to 1; empty where no payoff
// is left, a law with all its mass in one symbol.
//
// cdf: for each inner edge j, F the share at or below it, q = F -+ {.04, .1, .25}: g = q/F at or below,
// (1-q)/(1-F) above. The set of edge j are the symbols up to j.
std::vector<TwoPoint> cdf_family(std::span<const double> p);
// value: for each symbol q = p {1/4, 1/2, 2, 4}, at most .95: g = q/p there, (1-q)/(1-p) elsewhere.
std::vector<TwoPoint> value_family(std::span<const double> p, Shape shape = Shape::value);

}  // namespace driftd::detectors::evidence
