// The laws of Kolmogorov's and Smirnov's statistics. Pure functions; may be called from any thread.
#pragma once

#include <cstdint>

namespace driftd::detectors::maths {

// P(K > x) for Kolmogorov's limit law (scipy.special.kolmogorov).
double kolmogorov_sf(double x);

// P(D+ >= d): the exact law of the one-sided statistic of n values (Birnbaum and Tingey 1951;
// scipy.special.smirnov). Costs O(n).
double smirnov_sf(std::int64_t n, double d);

// log(n!) less Stirling's n log n - n + log(2 pi n) / 2, for whole n >= 1.
double stirling_error(double n);

// P(D >= d): the exact law of the two-sided statistic of n values, by the choice of algorithms of
// R. Simard and P. L'Ecuyer, "Computing the two-sided Kolmogorov-Smirnov distribution", Journal of
// Statistical Software 39 (2011), with the limits of scipy.stats.kstwo.sf, to whose values it agrees
// (relative 1e-9, where above 1e-300). NaN for n < 1. Costs O(n) and, for small d, a matrix power.
double kstwo_sf(std::int64_t n, double d);

}  // namespace driftd::detectors::maths
