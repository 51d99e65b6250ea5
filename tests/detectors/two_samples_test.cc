// Statistics of two samples against scipy's, numpy's and those of papers: two_samples_cases.txt, which is
// written by two_samples_cases.py; and the null laws that are in no library against simulation.
#include "detectors/statistics/two_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "detectors/statistics/answers.h"
#include "detectors/statistics/exact_numeric.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {
namespace {

using nlohmann::json;

struct Seen {
  double value = 0;
  std::optional<double> p_value;
};
using AllSeen = std::map<std::string, Seen>;

AllSeen seen_of(Answers answers) {
  AllSeen seen;
  for (const StatisticValue& value : answers.take()) {
    seen[std::string(name_of(value.statistic))] = {value.value, value.p_value};
  }
  return seen;
}

AllSeen of_numbers(const json& one) {
  const auto a = one["reference"].get<std::vector<double>>(), b = one["current"].get<std::vector<double>>();
  const TwoSamples samples = two_samples(a, b);
  Answers answers(kAllStatistics);
  add_number_statistics(samples, *summary_of(a), *summary_of(b), answers);
  AllSeen seen = seen_of(std::move(answers));
  const auto ks = kolmogorov_smirnov(samples);
  seen["ks"] = {ks->statistic, ks->p_value};
  seen["ks_limit"] = {ks->statistic, ks->p_value_limit};
  seen["ks_exact"] = {ks->statistic, ks->p_value_exact};
  return seen;
}

AllSeen of_counts(const json& one) {
  const auto r = one["reference"].get<std::vector<std::int64_t>>(),
             c = one["current"].get<std::vector<std::int64_t>>();
  Answers answers(kAllStatistics);
  add_share_statistics(r, c, answers);
  return seen_of(std::move(answers));
}

// scipy's limit law of Cramer-von Mises is a series that ends early; GSL's incomplete beta function, behind
// Student's t, is good to six digits in far tails.
double tolerance_of_p(const std::string& name, double p) {
  if (name == "cramer_von_mises") return 5e-8;
  return (name == "welch_t" ? 1e-6 : 1e-9) * std::abs(p) + 1e-300;
}

void expect_agreement(const json& one, const AllSeen& seen) {
  const json scales = one.value("scales", json::object());
  for (const auto& [name, expected] : one["expected"].items()) {
    ASSERT_EQ(seen.count(name), 1U) << name << " of " << one.dump();
    const Seen& ours = seen.at(name);
    const double value = expected[0].get<double>();
    EXPECT_NEAR(ours.value, value, 1e-12 * std::max({std::abs(value), scales.value(name, 0.0), 1e-3}))
        << name << " of " << one.dump();
    ASSERT_EQ(ours.p_value.has_value(), !expected[1].is_null()) << name << " of " << one.dump();
    if (!ours.p_value) continue;
    const double p = expected[1].get<double>();
    EXPECT_NEAR(*ours.p_value, p, tolerance_of_p(name, p)) << name << " of " << one.dump();
  }
  for (const auto& [name, ours] : seen) {
    EXPECT_TRUE(one["expected"].contains(name)) << name << " is undefined in " << one.dump();
  }
}

TEST(TwoSamples, AgreeWithScipyAlsoOnTiesConstantsAndTinySamples) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/two_samples_cases.txt");
  ASSERT_TRUE(file);
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const json one = json::parse(line);
    expect_agreement(one, one["kind"] == "numbers" ? of_numbers(one) : of_counts(one));
  }
  EXPECT_EQ(cases, 200);
}

TEST(TwoSamples, AnswerNothingWithoutValuesOnBothSides) {
  const std::vector<double> some = {1, 2, 3};
  const TwoSamples samples = two_samples(some, {});
  EXPECT_FALSE(kolmogorov_smirnov(samples));
  EXPECT_FALSE(cramer_von_mises(samples));
  EXPECT_FALSE(anderson_darling(samples));
  EXPECT_FALSE(kuiper(samples));
  EXPECT_FALSE(mann_whitney(samples));
  EXPECT_FALSE(wasserstein(samples));
  EXPECT_FALSE(energy(samples));
}

TEST(TwoSamples, CountsWhoseRanksWouldOverflowAreRefused) {
  constexpr std::int64_t kHuge = std::int64_t{1} << 53;
  const TwoSamples samples({{1, kHuge, kHuge}, {2, kHuge, 1}});
  EXPECT_FALSE(samples.comparable());
  EXPECT_FALSE(cramer_von_mises(samples));
  EXPECT_FALSE(mann_whitney(samples));
}

// Identical samples with many ties do not look like drift; scipy's mid-ranks make T = 9.4 of these.
TEST(TwoSamples, TiesAreNoDistanceForCramerVonMises) {
  const auto test = cramer_von_mises(TwoSamples({{1, 10, 40}}));
  EXPECT_EQ(test->statistic, 0);
  EXPECT_EQ(test->p_value, 1);
}

using Law = std::function<double(std::mt19937_64&)>;
using Null = std::function<std::optional<NullLaw>(const TwoSamples&)>;
using Value = std::function<std::optional<double>(const TwoSamples&)>;

struct Rates {
  double mean = 0, null_mean = 0, beyond = 0;
};

Rates simulated(const Law& law, const Value& value, const Null& null, std::mt19937_64& random) {
  constexpr int kRounds = 1500;
  const auto draw = [&](std::size_t count) {
    std::vector<double> values(count);
    for (double& one : values) one = law(random);
    std::sort(values.begin(), values.end());
    return values;
  };
  Rates rates;
  for (int round = 0; round < kRounds; ++round) {
    const TwoSamples samples = two_samples(draw(300), draw(120));
    const double seen = *value(samples);
    const NullLaw expected = *null(samples);
    rates.mean += seen / kRounds;
    rates.null_mean += expected.mean / kRounds;
    rates.beyond += seen > expected.q95 ? 1.0 / kRounds : 0;
  }
  return rates;
}

TEST(TwoSamples, NullLawsOfDistancesAreWhatSimulationGives) {
  std::mt19937_64 random(20261127);
  const std::vector<Law> laws = {
      [](auto& r) { return std::normal_distribution<double>(0, 3)(r); },
      [](auto& r) { return std::exponential_distribution<double>(1)(r); },
      [](auto& r) { return static_cast<double>(std::poisson_distribution<int>(2)(r)); },
      [](auto& r) { return r() % 10 == 0 ? 1.0 : 0.0; },
  };
  for (std::size_t i = 0; i < laws.size(); ++i) {
    for (const auto& [value, null] :
         {std::pair<Value, Null>{wasserstein, wasserstein_null}, {energy, energy_null}}) {
      const Rates rates = simulated(laws[i], value, null, random);
      EXPECT_NEAR(rates.mean, rates.null_mean, 0.05 * rates.null_mean) << "law " << i;
      EXPECT_NEAR(rates.beyond, 0.05, 0.025) << "law " << i;
    }
  }
}

TEST(TwoSamples, KuipersPValueHoldsItsLevel) {
  std::mt19937_64 random(7);
  int below = 0;
  constexpr int kRounds = 3000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> a(80), b(40);
    for (auto* side : {&a, &b}) {
      for (double& one : *side) one = std::uniform_real_distribution<double>(0, 1)(random);
      std::sort(side->begin(), side->end());
    }
    below += *kuiper(two_samples(a, b))->p_value < 0.05 ? 1 : 0;
  }
  // the law is discrete: the p-value errs to the safe side
  EXPECT_LT(below / double{kRounds}, 0.06);
  EXPECT_GT(below / double{kRounds}, 0.02);
}

}  // namespace
}  // namespace driftd::detectors
