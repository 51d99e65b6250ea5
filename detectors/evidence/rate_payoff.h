// Bets on the rate of a 0/1 outcome (STATISTICS 3, *Rates*): that its odds are a factor times those of the
// largest rate conceded to the reference. Pure functions; stratified rates sum them over their strata.
#pragma once

#include <array>
#include <vector>

#include "detectors/evidence/monitor.h"

namespace driftd::detectors::evidence {

inline constexpr std::array<double, 6> kOddsFactors = {1.1, 1.25, 1.5, 2, 3, 6};
inline constexpr double kDownwardWeight = 0.1;  // of a rate's weight, where there is a downward side
inline constexpr double kTolerance = 0.02;      // eps_tol is at least this
inline constexpr double kPerformanceTolerance = 0.01;

// What a rate is measured against. 0 <= lower <= upper <= 1.
struct RateNull {
  double upper = 1;  // upward bets win beyond it
  double lower = 0;  // downward ones below it
};

// m0 -+ eps_tol, m0 = (ones + 1) / (n + 1). `ones` need not be whole: shrunk laws give p n. For new
// categories it is the number of categories seen once. n = 0 concedes everything.
RateNull rate_null(double ones, double n, double tolerance);

// log L of `ones` among `n` outcomes for the bet that the odds are `factor` times those of the rate m;
// a factor below 1 is a downward bet, to be used with RateNull::lower. Of two numbers, so that callers who
// evaluate many slots can keep them: ones * rate_slope + n * rate_base.
double rate_slope(double factor);
double rate_base(double factor, double m);
double rate_log_likelihood(double ones, double n, double factor, double m);

// One component for each factor upward and, unless the reference leaves no room below it, downward with
// the factor's inverse; parameter is the factor, weights sum to 1.
std::vector<Component> rate_components(Shape shape, bool downward);

}  // namespace driftd::detectors::evidence
