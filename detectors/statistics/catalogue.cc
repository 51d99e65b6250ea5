#include "detectors/statistics/catalogue.h"

#include <array>

namespace driftd::detectors {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::string_view kSame = "the same";
constexpr std::string_view kOfBins = "exact for the shown bins and categories";
constexpr std::string_view kShares = "over the shown bins or all categories";
constexpr std::string_view kValues = "exact, of the values";
constexpr std::string_view kTiedCells = "of the fine cells: what lies in one cell is tied";
constexpr std::string_view kTiedCellsBound = "of the fine cells: what lies in one cell is tied; with a bound";
constexpr std::string_view kCellMeans =
    "each cell's values at the cell's mean, which is known to 1/256 of the cell: rough where an outlier "
    "makes a cell "
    "wide, and without a bound";
constexpr std::string_view kChiLaw =
    "null mean and 95 % point: a scaled chi law, where each bin expects 5 values or more on both sides";
constexpr std::string_view kCellMeansBound = "each cell's values at the cell's mean; with a bound";
constexpr std::string_view kEmptyBins = "a bin that is empty on both sides adds nothing";

constexpr std::array<StatisticInfo, kStatisticCount> kCatalogue = {{
    {Statistic::psi, "Population stability index: sum of (q - p) ln(q / p)", Reads::shares, "1", 0, kInfinity,
     true, 0, kOfBins, kShares,
     "null mean and 95 % point: (1/n + 1/m) chi2(bins - 1), where each bin expects 5 values or more on both "
     "sides; "
     "floors of empty bins make it larger",
     "shares under .0001 are raised to it, not renormalised; empty on both sides adds nothing",
     "B. Yurdakul 2018"},
    {Statistic::jensen_shannon, "Jensen-Shannon distance, base 2", Reads::shares, "1", 0, 1, true, 0, kOfBins,
     kShares, kChiLaw, kEmptyBins, "J. Lin 1991; scipy.spatial.distance.jensenshannon(base=2)"},
    {Statistic::kl, "Kullback-Leibler divergence of the reference from the current: sum of p ln(p / q)",
     Reads::shares, "nats", 0, kInfinity, false, 0, kOfBins, kShares,
     "null mean and 95 % point: half that of psi, as long as that holds",
     "shares under .0001 are raised to it, then both sides renormalised",
     "S. Kullback, R. Leibler 1951; scipy.stats.entropy(p, q)"},
    {Statistic::hellinger, "Hellinger distance: sqrt(half the sum of (sqrt p - sqrt q)^2)", Reads::shares,
     "1", 0, 1, true, 0, kOfBins, kShares, kChiLaw, kEmptyBins, "E. Hellinger 1909"},
    {Statistic::total_variation, "Total variation: half the sum of |q - p|", Reads::shares, "1", 0, 1, true,
     0, kOfBins, kShares, "null mean and 95 % point: normal shares, gamma law of the same mean and variance",
     kEmptyBins, "A. DasGupta, Asymptotic Theory of Statistics and Probability, 2008"},
    {Statistic::ks, "Kolmogorov-Smirnov: the largest |F - G|", Reads::order, "1", 0, 1, true, 0,
     kTiedCellsBound, kValues,
     "asymptotic; `compare` of values also gives the exact law up to 10,000 a side, and Kolmogorov's limit",
     "right-continuous F and G; ties make the p-values upper bounds; no p-value where n m / (n + m) rounds "
     "to 0",
     "J. Hodges 1958; R. Simard, P. L'Ecuyer 2011; scipy.stats.ks_2samp"},
    {Statistic::cramer_von_mises, "Cramer-von Mises T", Reads::order, "1", 0, kInfinity, true, 0, kTiedCells,
     kValues, "exact up to 20 values a side, else asymptotic",
     "right-continuous F and G; scipy takes mid-ranks, which count ties as distance (10 times the value 1 "
     "against 40 times the same: T = 9.4); the exact law takes ties as if there were none; at least two "
     "values a side",
     "T. Anderson 1962; Y. Xiao, A. Gordon, A. Yakovlev 2006; scipy.stats.cramervonmises_2samp"},
    {Statistic::anderson_darling, "Anderson-Darling, k-sample form, standardized", Reads::order, "1",
     -kInfinity, kInfinity, true, std::nullopt, kTiedCells, kValues,
     "asymptotic: interpolated between .25 and .001, where it is capped",
     "mid-ranks; at least two distinct values and four in all",
     "F. Scholz, M. Stephens 1987; scipy.stats.anderson_ksamp"},
    {Statistic::kuiper, "Kuiper: the largest F - G plus the largest G - F", Reads::order, "1", 0, 1, true, 0,
     kTiedCellsBound, kValues, "asymptotic, at Stephens' corrected effective size",
     "right-continuous F and G", "N. Kuiper 1960; M. Stephens 1970"},
    {Statistic::wasserstein, "Wasserstein-1: the area between F and G", Reads::numbers, "of the column", 0,
     kInfinity, true, 0, kCellMeansBound, kValues,
     "null mean and 95 % point: the area under a Brownian bridge over the pooled sample",
     "ties need no convention", "S. Vallender 1974; scipy.stats.wasserstein_distance"},
    {Statistic::wasserstein_normed, "Wasserstein-1 by the reference's standard deviation", Reads::numbers,
     "1", 0, kInfinity, false, 0, kCellMeansBound, kValues, "as wasserstein",
     "sample standard deviation (n - 1); undefined where that is 0", "S. Vallender 1974"},
    {Statistic::energy, "Energy distance: sqrt(2 * integral of (F - G)^2)", Reads::numbers,
     "square root of the column's", 0, kInfinity, true, 0, kCellMeans, kValues,
     "null mean and 95 % point: a squared Brownian bridge over the pooled sample", "ties need no convention",
     "G. Szekely, M. Rizzo 2013; scipy.stats.energy_distance"},
    {Statistic::mann_whitney, "Mann-Whitney U of the reference: pairs in which it is the larger one",
     Reads::order, "pairs", 0, kInfinity, false, std::nullopt, kTiedCellsBound, kValues,
     "exact where a side has at most 8 values and none is tied, else asymptotic (normal, corrected for ties "
     "and "
     "continuity)",
     "ties count one half", "H. Mann, D. Whitney 1947; scipy.stats.mannwhitneyu"},
    {Statistic::auc, "P(current > reference)", Reads::order, "1", 0, 1, false, 0.5, kTiedCellsBound, kValues,
     "that of mann_whitney", "ties count one half", "H. Mann, D. Whitney 1947"},
    {Statistic::welch_t, "Welch's t: reference less current", Reads::numbers, "1", -kInfinity, kInfinity,
     false, 0, kCellMeans, kValues,
     "asymptotic (exact for normal values): Student's t, Satterthwaite's degrees of freedom",
     "at least two values a side; undefined where both are constant or a variance overflows",
     "B. Welch 1947; scipy.stats.ttest_ind(equal_var=False)"},
    {Statistic::chi_square, "Pearson's chi-square of homogeneity, without correction", Reads::shares, "1", 0,
     kInfinity, true, 0, kOfBins, kShares, "asymptotic: chi2(bins - 1)",
     "bins that are empty on both sides are left out", "K. Pearson 1900; scipy.stats.chi2_contingency"},
    {Statistic::g_test, "G, the likelihood ratio of homogeneity", Reads::shares, "1", 0, kInfinity, true, 0,
     kOfBins, kShares, "asymptotic: chi2(bins - 1)",
     "bins that are empty on both sides are left out; a count of 0 adds nothing",
     "S. Wilks 1938; scipy.stats.chi2_contingency(lambda_=\"log-likelihood\")"},
    {Statistic::missing_delta, "Share of missing values, current less reference", Reads::missing, "1", -1, 1,
     false, 0, "exact", kSame, "none", "null, absent, of another type and not finite are missing", "-"},
    {Statistic::fisher, "Fisher's exact test: the odds ratio of a 2x2 table", Reads::shares, "1", 0,
     kInfinity, false, 1, kOfBins, kShares, "exact: tables no more likely than the one seen",
     "only where two bins or categories are used; where a cell is 0, half a count is added to each for the "
     "odds "
     "ratio, never for the p-value",
     "R. Fisher 1922; J. Haldane, F. Anscombe 1956; scipy.stats.fisher_exact"},
}};

// Each in the place of its number.
static_assert([] {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
    if (kCatalogue[i].statistic != static_cast<Statistic>(i)) return false;
  }
  return true;
}());

constexpr std::array<std::string_view, 4> kReads = {"shares", "order", "numbers", "missing"};

}  // namespace

std::string_view name_of(Reads reads) { return kReads[static_cast<std::size_t>(reads)]; }

std::span<const StatisticInfo> statistic_catalogue() { return kCatalogue; }

const StatisticInfo& info_of(Statistic statistic) { return kCatalogue[static_cast<std::size_t>(statistic)]; }

}  // namespace driftd::detectors
