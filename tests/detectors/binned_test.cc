// Binned statistics against the exact ones of the same raw values, which exact_statistics_test.cc holds
// to scipy.
#include "detectors/statistics/binned.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

#include "detectors/binning.h"
#include "detectors/statistics/exact_numeric.h"
#include "detectors/statistics/shares.h"
#include "detectors/tally.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

using Draw = std::function<double(std::mt19937_64&)>;

std::vector<double> draw(std::size_t size, const Draw& law, std::mt19937_64& random) {
  std::vector<double> values(size);
  for (double& value : values) value = law(random);
  return values;
}

std::vector<CellCount> count(const Profile& profile, const std::vector<Value>& values) {
  const Binner binner(profile, Side::predictions);
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  for (const Value& value : values) {
    const Cell cell = binner.cell_of(0, value);
    tally.add(std::vector<std::uint8_t>{cell.cell}, std::vector<std::uint8_t>{cell.place});
  }
  return {tally.column(0).begin(), tally.column(0).end()};
}

Draw normal_law(double mean) {
  return [mean](auto& random) { return std::normal_distribution<double>(mean, 1)(random); };
}

double value_of(const std::vector<StatisticValue>& values, Statistic statistic) {
  const StatisticValue* found = find(values, statistic);
  return found != nullptr ? found->value : NAN;
}

class Distances : public ::testing::TestWithParam<int> {
 protected:
  static std::vector<Draw> laws() {
    return {[](auto& r) { return std::normal_distribution<double>(0, 1)(r); },
            [](auto& r) { return std::normal_distribution<double>(0.4, 1.5)(r); },
            [](auto& r) { return std::lognormal_distribution<double>(0, 2)(r); },
            [](auto& r) { return std::cauchy_distribution<double>(1, 3)(r); },
            [](auto& r) { return static_cast<double>(std::poisson_distribution<int>(4)(r)); },
            [](auto& r) { return r() % 3 == 0 ? 0.0 : std::uniform_real_distribution<double>(-1, 5)(r); },
            [](auto&) { return 7.25; }};
  }
};

TEST_P(Distances, StayWithinTheirBoundsOfTheRawValues) {
  std::mt19937_64 random(static_cast<unsigned>(GetParam()));
  for (const Draw& reference_law : laws()) {
    for (const Draw& current_law : laws()) {
      std::vector<double> reference = draw(200 + random() % 2000, reference_law, random);
      std::vector<double> current = draw(1 + random() % 3000, current_law, random);
      const Profile profile = profile_with({{"x", numbers(reference)}});
      const auto values = binned_statistics(profile.columns[0], count(profile, numbers(current)));
      std::sort(reference.begin(), reference.end());
      std::sort(current.begin(), current.end());

      const StatisticValue* ks = find(values, Statistic::ks);
      const double exact_ks = kolmogorov_smirnov(two_samples(reference, current))->statistic;
      ASSERT_NE(ks, nullptr);
      ASSERT_TRUE(ks->bound);
      EXPECT_LE(ks->value, exact_ks + 1e-12);
      EXPECT_GE(ks->value + *ks->bound, exact_ks - 1e-12);

      const StatisticValue* distance = find(values, Statistic::wasserstein);
      ASSERT_NE(distance, nullptr);
      if (!distance->bound) continue;  // something lay beyond the scale
      const double exact = *wasserstein(two_samples(reference, current));
      EXPECT_LE(std::abs(distance->value - exact), *distance->bound * (1 + 1e-9) + 1e-12);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, Distances, ::testing::Range(1, 6));

TEST(Binned, AGaussianShiftGivesWhatTheFormulasSay) {
  std::mt19937_64 random(8);
  const auto reference = draw(60'000, normal_law(0), random);
  const auto current = draw(60'000, normal_law(0.25), random);
  const Profile profile = profile_with({{"x", numbers(reference)}});
  const auto values = binned_statistics(profile.columns[0], count(profile, numbers(current)));
  EXPECT_NEAR(value_of(values, Statistic::psi), 0.0625, 0.006);
  EXPECT_NEAR(value_of(values, Statistic::ks), 0.0995, 0.01);
  EXPECT_NEAR(value_of(values, Statistic::wasserstein), 0.25, 0.02);
  EXPECT_NEAR(value_of(values, Statistic::wasserstein_normed), 0.25, 0.02);
}

TEST(Binned, NoDriftFallsUnderTheNullsPoint) {
  std::mt19937_64 random(21);
  int above = 0;
  double mean = 0;
  double null_mean = 0;
  constexpr int kRounds = 600;
  for (int round = 0; round < kRounds; ++round) {
    const Profile fresh = profile_with({{"x", numbers(draw(1000, normal_law(0), random))}});
    const auto values = binned_statistics(
        fresh.columns[0], count(fresh, numbers(draw(1000, normal_law(0), random))), bit(Statistic::psi));
    ASSERT_EQ(values.size(), 1U);
    mean += values[0].value / kRounds;
    null_mean = *values[0].null_mean;
    above += values[0].value > *values[0].null_q95 ? 1 : 0;
  }
  EXPECT_NEAR(null_mean, 0.018, 0.001);  // B = 10, n = m = 1000 (STATISTICS 1)
  EXPECT_NEAR(mean, null_mean, 0.002);
  EXPECT_NEAR(above / double{kRounds}, 0.05, 0.03);
}

TEST(Binned, WhatIsUndefinedIsNotThere) {
  const Profile profile = profile_with({{"x", numbers({1, 2, 3})}});
  EXPECT_TRUE(binned_statistics(profile.columns[0], count(profile, {})).empty());
  const auto missing_only = binned_statistics(profile.columns[0], count(profile, {null_value()}));
  ASSERT_EQ(missing_only.size(), 1U);
  EXPECT_EQ(missing_only[0].statistic, Statistic::missing_delta);
  EXPECT_EQ(missing_only[0].value, 1);

  const Profile constant = profile_with({{"x", numbers({5, 5, 5})}});
  const auto values = binned_statistics(constant.columns[0], count(constant, numbers({5, 6})));
  EXPECT_EQ(find(values, Statistic::wasserstein_normed), nullptr) << "no deviation to norm by";
  EXPECT_EQ(value_of(values, Statistic::ks), 0.5);
}

TEST(Binned, AllNewCategoriesAreOne) {
  const Profile profile = profile_with({{"x", {text("a"), text("a"), text("b"), text("b")}}});
  const auto counts = count(profile, {text("a"), text("c"), text("d"), null_value()});
  EXPECT_EQ(shown_counts(profile.columns[0], counts), (std::vector<std::int64_t>{1, 0, 0, 2}));
  const auto values = binned_statistics(profile.columns[0], counts);
  EXPECT_DOUBLE_EQ(value_of(values, Statistic::total_variation), (0.5 - 1.0 / 3 + 0.5 + 2.0 / 3) / 2);
  EXPECT_EQ(*find(values, Statistic::chi_square)->dof, 2);
  EXPECT_EQ(find(values, Statistic::ks), nullptr);
  EXPECT_DOUBLE_EQ(value_of(values, Statistic::missing_delta), 0.25);
}

TEST(Binned, OnlyWhatIsWantedIsComputed) {
  const Profile profile = profile_with({{"x", numbers({1, 2, 3})}});
  const auto values = binned_statistics(profile.columns[0], count(profile, numbers({1, 4})),
                                        bit(Statistic::ks) | bit(Statistic::jensen_shannon));
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].statistic, Statistic::jensen_shannon);
  EXPECT_EQ(values[1].statistic, Statistic::ks);
}

TEST(Statistic, NamesAreReadBack) {
  for (std::size_t i = 0; i < kStatisticCount; ++i) {
    const auto statistic = static_cast<Statistic>(i);
    EXPECT_EQ(statistic_of(name_of(statistic)), statistic);
  }
  EXPECT_FALSE(statistic_of("psy"));
}

}  // namespace
}  // namespace driftd::detectors
