// The laws of two-sample statistics where both samples have one law without ties. Pure functions; may be
// called from any thread.
#pragma once

#include <cstdint>

namespace driftd::detectors::maths {

// P(D >= distance / (n m)) of the two-sample Kolmogorov-Smirnov statistic, exact: `distance` is the largest
// |m F_count - n G_count|. Paths of i + j steps that touch a barrier are a mean of those one step
// shorter (J. Hodges 1958; scipy.stats.ks_2samp, method="exact"). Costs O(max(n, m) * width between the
// barriers). n, m >= 1; n m < 2^62.
double kolmogorov_two_sample_sf(std::int64_t n, std::int64_t m, std::int64_t distance);

// P(S >= sum) of the two-sample Cramer-von Mises statistic, exact: S is the sum of (m F_count - n G_count)^2
// over all values, n m (n + m)^2 T. The paths are counted by what they add up to (Y. Xiao, A. Gordon, A.
// Yakovlev, Journal of Statistical Software 17, 2006). For n and m up to 20.
double cramer_von_mises_two_sample_sf(std::int64_t n, std::int64_t m, std::int64_t sum);
// P(W2 > x) of its limit law (S. Csorgo, J. Faraway 1996, equation 1.3; beyond 1.2 by N. Smirnov's integral,
// which keeps the digits of the tail).
double cramer_von_mises_sf(double x);

// P(U <= u) of the rank sum U of n values among m others, exact: coefficients of the Gaussian binomial.
// Costs O(min(n, m) * u). For u <= n m / 2.
double rank_sum_cdf(std::int64_t n, std::int64_t m, std::int64_t u);

// P(V sqrt(N) > x) of Kuiper's limit law (N. Kuiper 1960): 2 sum of (4 k^2 x^2 - 1) exp(-2 k^2 x^2).
double kuiper_sf(double x);

// The two-sided p-value of Fisher's exact test: the weight of all tables with the margins of [[a, b], [c, d]]
// that are no more likely (by a factor 1 + 1e-7, as in R's fisher.test) than it. Costs O(least margin).
double fisher_p_value(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d);

// Sums of 1/i and of 1/i^2 for i = 1 ... n.
double harmonic(double n);
double harmonic_squares(double n);

}  // namespace driftd::detectors::maths
