// Statistics of raw values and counts against scipy's, out of ../shared/golden/reference_values.json.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "detectors/statistics/exact_numeric.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {
namespace {

const std::filesystem::path kGolden =
    std::filesystem::path(DRIFTD_SHARED_DIR) / "golden" / "reference_values.json";

#define EXPECT_CLOSE(value, expected) \
  EXPECT_NEAR(value, (expected), 1e-12 * std::max(1.0, std::abs(static_cast<double>(expected))))

// STATISTICS.md section 12.
std::vector<double> uniforms(std::uint64_t seed, std::size_t count, double power = 1) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    values.push_back(std::pow(static_cast<double>(seed >> 11) / 9007199254740992.0, power));
  }
  std::sort(values.begin(), values.end());
  return values;
}

void expect_reference_values(const nlohmann::json& expected, Sorted a, Sorted b) {
  const TwoSamples samples = two_samples(a, b);
  const auto ks = kolmogorov_smirnov(samples);
  ASSERT_TRUE(ks);
  EXPECT_CLOSE(ks->statistic, expected["ks_D"].get<double>());
  EXPECT_NEAR(*ks->p_value, expected["ks_p_asymp"].get<double>(), 1e-11);
  EXPECT_NEAR(*ks->p_value_exact, expected["ks_p_auto"].get<double>(), 1e-12);
  EXPECT_CLOSE(*wasserstein(samples), expected["w1"].get<double>());
  EXPECT_CLOSE(*energy(samples), expected["energy"].get<double>());
  const auto cvm = cramer_von_mises(samples);
  EXPECT_CLOSE(cvm->statistic, expected["cvm_T"].get<double>());
  EXPECT_NEAR(*cvm->p_value, expected["cvm_p"].get<double>(), 1e-10);
  const auto ad = anderson_darling(samples);
  EXPECT_CLOSE(ad->statistic, expected["ad_A2"].get<double>());
  EXPECT_NEAR(*ad->p_value, expected["ad_p"].get<double>(), 1e-12);
  const auto mw = mann_whitney(samples);
  EXPECT_EQ(mw->statistic, expected["mw_U"].get<double>());
  EXPECT_NEAR(*mw->p_value, expected["mw_p"].get<double>(), 1e-12);
  const auto [before, now] = moments_of(samples);
  EXPECT_CLOSE(welch_t(before, now)->statistic, expected["welch_t"].get<double>());
}

TEST(ExactStatistics, AgreeWithScipyOnTheReferenceValues) {
  if (!std::filesystem::exists(kGolden)) GTEST_SKIP() << "the golden files are not on this machine";
  const auto golden = nlohmann::json::parse(std::ifstream(kGolden));
  const auto a = uniforms(1, 200);
  expect_reference_values(golden["u200_vs_u300pow1.2"], a, uniforms(2, 300, 1.2));
  expect_reference_values(golden["u200_vs_u150"], a, uniforms(3, 150));
}

TEST(ExactStatistics, AgreeWithScipysExamples) {
  using Values = std::vector<double>;
  EXPECT_CLOSE(*wasserstein(two_samples(Values{0, 1, 3}, Values{5, 6, 8})), 5.0);
  EXPECT_CLOSE(*energy(two_samples(Values{0}, Values{2})), 2.0);
  const TwoSamples shifted = two_samples(Values{1, 2, 3, 4, 5}, Values{3, 4, 5, 6, 7});
  EXPECT_CLOSE(*wasserstein(shifted), 2.0);
  EXPECT_CLOSE(*energy(shifted), 1.2);
  EXPECT_CLOSE(kolmogorov_smirnov(shifted)->statistic, 0.4);
  EXPECT_CLOSE(*kolmogorov_smirnov(shifted)->p_value_exact, 0.873015873015873);
  EXPECT_CLOSE(cramer_von_mises(shifted)->statistic, 0.3);
  EXPECT_CLOSE(*cramer_von_mises(shifted)->p_value, 0.14285714285714285);
  EXPECT_EQ(mann_whitney(shifted)->statistic, 4.5);
}

TEST(ExactStatistics, CutAtNumpysQuantiles) {
  std::vector<double> values;
  for (int i = 0; i <= 20; ++i) values.push_back(i);
  EXPECT_EQ(quantile_edges(values, 4), (std::vector<double>{5, 10, 15}));
  // numpy.quantile([1, 2, 4, 8], [.1, .5, .9])
  const std::vector<double> few = {1, 2, 4, 8};
  const auto edges = quantile_edges(few, 10);
  EXPECT_EQ(edges[0], 1.3);
  EXPECT_EQ(edges[4], 3.0);
  EXPECT_EQ(edges[8], 0x1.b333333333334p+2);  // one unit above 6.8, as numpy has it
  EXPECT_EQ(quantile_edges(std::vector<double>(7, 3.5), 10), std::vector<double>{3.5});
}

TEST(ExactStatistics, AnEdgeBelongsToTheLowerBin) {
  const std::vector<double> values = {-5, 1, 1, 2, 3, 9};
  EXPECT_EQ(counts_in_bins(values, std::vector<double>{1, 2}), (std::vector<std::int64_t>{3, 1, 2}));
}

TEST(ExactStatistics, AnswerNothingForAnEmptySide) {
  const std::vector<double> some = {1, 2};
  EXPECT_FALSE(summary_of({}));
  EXPECT_FALSE(psi(std::vector<std::int64_t>{1, 2}, std::vector<std::int64_t>{0, 0}));
}

TEST(ExactStatistics, HaveNoPValueAtAnEffectiveSizeOfNone) {
  EXPECT_FALSE(kolmogorov_smirnov(two_samples(std::vector<double>{1}, std::vector<double>{2}))->p_value);
}

using Numbers = std::vector<std::int64_t>;

TEST(Shares, GiveTheReferenceValues) {
  const Numbers p = {50, 30, 20}, q = {40, 35, 25};
  EXPECT_CLOSE(*psi(p, q), 0.041179066688494366);
  EXPECT_CLOSE(*jensen_shannon(p, q), 0.08609435336652073);
  EXPECT_CLOSE(*total_variation(p, q), 0.1);
  const auto chi = chi_square(Numbers{10, 10, 20}, Numbers{20, 20, 20});
  EXPECT_CLOSE(chi->statistic, 2.7777777777777777);
  EXPECT_CLOSE(chi->p_value, 0.24935220877729622);
  EXPECT_EQ(chi->dof, 2);
  EXPECT_CLOSE(*kl(p, q), 0.020697861446085472);
  EXPECT_CLOSE(*kl(q, p), 0.020481205242408977);
  EXPECT_CLOSE(*hellinger(p, q), 0.0717117272813177);
  const auto g = g_test(Numbers{10, 10, 20}, Numbers{20, 20, 20});
  EXPECT_CLOSE(g->statistic, 2.768858761678132);
  EXPECT_CLOSE(g->p_value, 0.25046668010954165);
  const auto test = fisher(Numbers{8, 2}, Numbers{1, 5});
  EXPECT_CLOSE(test->odds_ratio, 20.0);
  EXPECT_CLOSE(test->p_value, 0.034965034965034975);
}

TEST(Shares, IgnoreCategoriesThatNeitherSideHas) {
  const Numbers p = {50, 0, 30, 20}, q = {40, 0, 35, 25};
  EXPECT_CLOSE(*psi(p, q), 0.041179066688494366);
  EXPECT_EQ(chi_square(p, q)->dof, 2);
  EXPECT_EQ(chi_square(Numbers{5, 0}, Numbers{7, 0})->p_value, 1);
}

TEST(Shares, StateTheNullLawOfPsi) {
  if (!std::filesystem::exists(kGolden)) GTEST_SKIP() << "the golden files are not on this machine";
  const auto golden = nlohmann::json::parse(std::ifstream(kGolden));
  for (const auto& [sizes, n, m, bins] : {std::tuple{"B=10,n=100,m=100", 100, 100, 10},
                                          {"B=10,n=1000,m=100", 1000, 100, 10},
                                          {"B=20,n=1000,m=200", 1000, 200, 20}}) {
    const Numbers reference(static_cast<std::size_t>(bins), n / bins),
        current(static_cast<std::size_t>(bins), m / bins);
    const auto law = psi_null(reference, current);
    EXPECT_CLOSE(law->mean, golden["psi_null"][sizes]["mean"].get<double>());
    EXPECT_CLOSE(law->q95, golden["psi_null"][sizes]["q95"].get<double>());
  }
}

// The laws that are not in any book: against simulation under no drift.
TEST(Shares, TheirNullLawsAreWhatSimulationGives) {
  std::mt19937_64 random(29);
  for (const auto& weights :
       {std::vector<double>{1, 1}, {.9, .1}, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {8, 4, 2, 1, 1}}) {
    std::discrete_distribution<std::size_t> law(weights.begin(), weights.end());
    const auto draw = [&](int n) {
      Numbers counts(weights.size());
      for (int i = 0; i < n; ++i) ++counts[law(random)];
      return counts;
    };
    struct Seen {
      double sum = 0;
      int beyond = 0;
    } distance, variation;
    double distance_mean = 0, variation_mean = 0;
    constexpr int kRounds = 3000;
    for (int round = 0; round < kRounds; ++round) {
      const Numbers reference = draw(2000), current = draw(500);
      const auto book = [&](Seen& seen, double value, const NullLaw& null, double& mean) {
        seen.sum += value / kRounds;
        seen.beyond += value > null.q95 ? 1 : 0;
        mean += null.mean / kRounds;
      };
      book(distance, *jensen_shannon(reference, current), *jensen_shannon_null(reference, current),
           distance_mean);
      book(variation, *total_variation(reference, current), *total_variation_null(reference, current),
           variation_mean);
    }
    EXPECT_NEAR(distance.sum, distance_mean, 0.05 * distance_mean) << weights.size();
    EXPECT_NEAR(variation.sum, variation_mean, 0.05 * variation_mean) << weights.size();
    EXPECT_NEAR(distance.beyond / double{kRounds}, 0.05, 0.02) << weights.size();
    EXPECT_NEAR(variation.beyond / double{kRounds}, 0.05, 0.02) << weights.size();
  }
}

}  // namespace
}  // namespace driftd::detectors
