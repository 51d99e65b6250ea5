// Statistics of two vectors of counts over the same bins or categories, and what they are where
// nothing drifts (data/MANIFEST.md, conventions of expected/; STATISTICS.md section 12).
//
// A pair of counts that is zero on both sides adds nothing. Both sides hold at least one value where
// a function answers a number; otherwise it answers nothing. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace driftd::detectors {

using Counts = std::span<const std::int64_t>;

// Shares below it are raised to it in `psi` (not renormalised).
inline constexpr double kShareFloor = 1e-4;

// Population stability index, sum of (q - p) ln(q / p); natural logarithm.
std::optional<double> psi(Counts reference, Counts current);
// Jensen-Shannon distance: square root of the divergence in bits; no floor.
std::optional<double> jensen_shannon(Counts reference, Counts current);
// Kullback-Leibler divergence of the reference from the current, sum of p ln(p / q); shares are raised to
// kShareFloor and then made to add up to 1 again (scipy.stats.entropy of floored shares; Evidently's).
std::optional<double> kl(Counts reference, Counts current);
// sqrt(half the sum of (sqrt p - sqrt q)^2), from 0 to 1; no floor.
std::optional<double> hellinger(Counts reference, Counts current);
// Half the sum of |q - p|.
std::optional<double> total_variation(Counts reference, Counts current);

// Pearson's test of homogeneity without correction (scipy.stats.chi2_contingency): asymptotic.
struct ChiSquare {
  double statistic = 0;
  double p_value = 1;
  std::int64_t dof = 0;  // categories with a count on either side, less one
};
std::optional<ChiSquare> chi_square(Counts reference, Counts current);
// The likelihood ratio of the same hypothesis (scipy: lambda_="log-likelihood"); a count of 0 adds nothing.
std::optional<ChiSquare> g_test(Counts reference, Counts current);

// Fisher's exact test of the 2x2 table of both sides over the two bins or categories that are used; nothing
// where there are not two (scipy.stats.fisher_exact). The odds ratio is that of the first category, the
// reference's over the current; where a cell is 0, half a count is added to each (J. Haldane, F. Anscombe
// 1956), so that it is finite. The p-value is of the counts as they are.
inline constexpr double kOddsPseudoCount = 0.5;
struct Fisher {
  double odds_ratio = 1;
  double p_value = 1;
};
std::optional<Fisher> fisher(Counts reference, Counts current);

// Mean and 95 % point of a statistic where both sides have the same law, at the sizes given.
struct NullLaw {
  double mean = 0;
  double q95 = 0;
};
// psi ~ (1/n + 1/m) chi2(B - 1) (B. Yurdakul 2018), B as the categories of chi_square.
std::optional<NullLaw> psi_null(Counts reference, Counts current);
// The divergence in nats is psi / 8 to second order, so the distance is a scaled chi law.
std::optional<NullLaw> jensen_shannon_null(Counts reference, Counts current);
// To second order kl is psi / 2, and the square of hellinger psi / 8.
std::optional<NullLaw> kl_null(Counts reference, Counts current);
std::optional<NullLaw> hellinger_null(Counts reference, Counts current);
// Differences of shares are jointly normal with the pooled shares' multinomial covariance; the 95 %
// point is that of the gamma law with the same mean and variance.
std::optional<NullLaw> total_variation_null(Counts reference, Counts current);

}  // namespace driftd::detectors
