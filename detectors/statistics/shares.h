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
// Half the sum of |q - p|.
std::optional<double> total_variation(Counts reference, Counts current);

// Pearson's test of homogeneity without correction (scipy.stats.chi2_contingency): asymptotic.
struct ChiSquare {
  double statistic = 0;
  double p_value = 1;
  std::int64_t dof = 0;  // categories with a count on either side, less one
};
std::optional<ChiSquare> chi_square(Counts reference, Counts current);

// Mean and 95 % point of a statistic where both sides have the same law, at the sizes given.
struct NullLaw {
  double mean = 0;
  double q95 = 0;
};
// psi ~ (1/n + 1/m) chi2(B - 1) (B. Yurdakul 2018), B as the categories of chi_square.
std::optional<NullLaw> psi_null(Counts reference, Counts current);
// The divergence in nats is psi / 8 to second order, so the distance is a scaled chi law.
std::optional<NullLaw> jensen_shannon_null(Counts reference, Counts current);
// Differences of shares are jointly normal with the pooled shares' multinomial covariance; the 95 %
// point is that of the gamma law with the same mean and variance.
std::optional<NullLaw> total_variation_null(Counts reference, Counts current);

}  // namespace driftd::detectors
