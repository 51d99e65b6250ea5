// The bets of labels are fair where the null is worst, and win beyond it (STATISTICS 3).
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "detectors/evidence/labels/bounded_loss_monitor.h"
#include "detectors/evidence/labels/label_ages.h"
#include "detectors/evidence/labels/label_strata.h"
#include "detectors/evidence/labels/pair_counts.h"
#include "detectors/evidence/labels/stratified_rate_monitor.h"

namespace driftd::detectors::evidence {
namespace {

constexpr int kDraws = 40'000;

// The mean of L of every component over draws of counts, and its standard error.
struct Means {
  std::vector<double> mean;
  std::vector<double> error;
};
template <class Draw>
Means mean_likelihoods(const Monitor& monitor, Draw draw) {
  const std::size_t size = monitor.components().size();
  std::vector<double> sums(size, 0);
  std::vector<double> squares(size, 0);
  std::vector<double> logs(size);
  std::vector<std::int64_t> counts(monitor.width());
  for (int i = 0; i < kDraws; ++i) {
    draw(counts);
    monitor.log_likelihoods(counts, 0, logs);
    for (std::size_t c = 0; c < size; ++c) {
      sums[c] += std::exp(logs[c]);
      squares[c] += std::exp(2 * logs[c]);
    }
  }
  Means means;
  for (std::size_t c = 0; c < size; ++c) {
    means.mean.push_back(sums[c] / kDraws);
    means.error.push_back(std::sqrt((squares[c] / kDraws - means.mean[c] * means.mean[c]) / kDraws));
  }
  return means;
}

StratifiedRates three_ages() {
  StratifiedRates rates;
  rates.groups = {0, 0, 1};
  rates.limits = {{{.1, .05}, {.3, .2}, {.5, .4}}};  // upper, lower
  rates.downward = .5;
  rates.single = .5;
  return rates;
}

class StratifiedRateTest : public ::testing::Test {
 protected:
  // A few events in each stratum, the rates `factor` in odds from the limits on one side.
  Means at(bool upper, double factor) {
    return mean_likelihoods(monitor_, [&](std::vector<std::int64_t>& counts) {
      for (std::size_t i = 0; i < 3; ++i) {
        const RateNull limits = three_ages().limits[0][i];
        const double m = upper ? limits.upper : limits.lower;
        const double odds = m / (1 - m) * factor;
        std::binomial_distribution<std::int64_t> yes(5, odds / (1 + odds));
        counts[2 * i + 1] = yes(random_);
        counts[2 * i] = 5 - counts[2 * i + 1];
      }
    });
  }
  StratifiedRateMonitor monitor_{three_ages()};
  std::mt19937_64 random_{3};
};

TEST_F(StratifiedRateTest, IsFairAtBothEdgesOfTheNull) {
  for (const bool upper : {true, false}) {
    const Means means = at(upper, 1);
    for (std::size_t c = 0; c < means.mean.size(); ++c)
      EXPECT_LE(means.mean[c], 1 + 3 * means.error[c]) << c << " " << upper;
  }
}

TEST_F(StratifiedRateTest, GrowsBeyondTheNullOnTheSideThatItBetsOn) {
  for (const bool upper : {true, false}) {
    const Means means = at(upper, upper ? 1.5 : 1 / 1.5);
    for (std::size_t c = 0; c < means.mean.size(); ++c) {
      const Component& component = monitor_.components()[c];
      if ((component.direction > 0) != upper) continue;
      EXPECT_GT(means.mean[c], 1 + 3 * means.error[c]) << c;
    }
  }
}

TEST_F(StratifiedRateTest, CountsOfSlotsAddUp) {
  const std::vector<std::int64_t> a = {3, 1, 4, 1, 5, 9};
  const std::vector<std::int64_t> b = {2, 6, 5, 3, 5, 8};
  const std::vector<std::int64_t> both = {5, 7, 9, 4, 10, 17};
  std::vector<double> la(monitor_.components().size());
  std::vector<double> lb(la.size());
  std::vector<double> lboth(la.size());
  monitor_.log_likelihoods(a, 0, la);
  monitor_.log_likelihoods(b, 0, lb);
  monitor_.log_likelihoods(both, 0, lboth);
  for (std::size_t c = 0; c < la.size(); ++c) EXPECT_NEAR(la[c] + lb[c], lboth[c], 1e-9);
}

TEST(BoundedLossTest, IsFairAtTheMeanAndGrowsBeyondIt) {
  const BoundedLossMonitor monitor;
  const LossBets bets{{.2, .5}};
  std::mt19937_64 random(5);
  // Beta(1, 4) and Beta(1, 1), of means .2 and .5, by inversion; `power` < 1 raises them.
  const auto draw = [&](double power) {
    return [&bets, &random, power](std::vector<std::int64_t>& counts) {
      std::uniform_real_distribution<double> uniform;
      counts.assign(counts.size(), 0);
      for (int i = 0; i < 6; ++i) {
        const std::size_t bucket = i % 2;
        const double x = 1 - std::pow(1 - uniform(random), power * (bucket == 0 ? .25 : 1));
        ++counts[0];
        const auto stakes = bets.stakes(bucket, x);
        for (std::size_t j = 0; j < kBets; ++j) counts[1 + j] += stakes[j];
      }
    };
  };
  const Means fair = mean_likelihoods(monitor, draw(1));
  const Means raised = mean_likelihoods(monitor, draw(1.6));
  for (std::size_t j = 0; j < kBets; ++j) {
    EXPECT_LE(fair.mean[j], 1 + 3 * fair.error[j]);
    EXPECT_GE(fair.mean[j], 1 - 3 * fair.error[j]);
    EXPECT_GT(raised.mean[j], 1 + 3 * raised.error[j]);
  }
}

// The limits of STATISTICS 9 by hand: one cell, two ages.
TEST(LabelStrataTest, LimitsAreThoseOfTheAgeMovedByTheTolerance) {
  StratifiedCounts counts;
  counts.groups = {0, 0};
  counts.total = {9'000, 1'000, 38'000, 2'000};
  const MeasuredRates rates = measure_rates(counts, [](double) { return .01; }, {});
  const double m0 = 3'001. / 50'001;
  const auto odds = [](double p) { return p / (1 - p); };
  const double r = 1'001. / 10'001;
  const double se = std::sqrt((r * (1 - r) + 1. / 10'000) / 10'000);
  const double up = odds(r + 2 * se) * odds(m0 + .01) / odds(m0);
  const double down = odds(r - 2 * se) * odds(m0 - .01) / odds(m0);
  ASSERT_EQ(rates.limits.size(), MeasureOptions{}.calendar.size());
  EXPECT_NEAR(rates.limits[0][0].upper, up / (1 + up), 1e-12);
  EXPECT_NEAR(rates.limits[0][0].lower, down / (1 + down), 1e-12);
}

TEST(LabelStrataTest, SparseAgesAreLeftOut) {
  StratifiedCounts counts;
  counts.groups = {0, 0, 0};
  counts.total = {100, 10, 29, 0, 20, 10};
  EXPECT_EQ(without_sparse_strata(counts).kept, (std::vector<std::size_t>{0, 2}));
}

// Independent values have no inflation to speak of; those that move together by the hour have.
TEST(LabelStrataTest, InflationIsThatOfTheValuesThatMoveTogether) {
  std::mt19937_64 random(9);
  std::normal_distribution<double> normal;
  const auto inflation = [&](double wobble) {
    std::vector<BlockSum> blocks;
    double shift = 0;
    for (int i = 0; i < 28 * 288; ++i) {
      if (i % 12 == 0) shift = wobble * normal(random);
      blocks.push_back({i * kDay / 288, 20, std::sqrt(20.) * normal(random) * .1 + 20 * .1 * shift});
    }
    MeasureOptions options;
    options.calendar.cells = Cells::one;
    return measure_values(20 * 28 * 288, blocks, .1, options).inflation;
  };
  EXPECT_LT(inflation(0), 2.5);
  // 240 values an hour share a shift of .2 deviations: 1 + 240 * .04 = 10.6.
  EXPECT_NEAR(inflation(.2), 10.6, 5);
}

TEST(LabelAgesTest, BucketsAreLogSpacedAndTheOuterOnesOpen) {
  std::vector<Duration> ages;
  for (int i = 1; i <= 1000; ++i) ages.push_back(i * kMinute);
  const LabelAges found = label_ages(ages);
  EXPECT_EQ(found.buckets(), kAgeBuckets);
  EXPECT_EQ(found.ends.front(), 10 * kMinute);
  EXPECT_EQ(found.ends.back(), 990 * kMinute);
  EXPECT_EQ(found.ripe, 950 * kMinute);
  const double ratio = std::pow(99, 1. / 12);
  for (std::size_t b = 0; b + 1 < found.ends.size(); ++b)
    EXPECT_NEAR(static_cast<double>(found.ends[b + 1]) / static_cast<double>(found.ends[b]), ratio, 1e-6);
  EXPECT_EQ(found.bucket_of(0), 0U);
  EXPECT_EQ(found.bucket_of(found.ends[1]), 0U);
  EXPECT_EQ(found.bucket_of(found.ends[1] + 1), 1U);
  EXPECT_EQ(found.bucket_of(kDay * 365), kAgeBuckets - 1);
}

TEST(LabelAgesTest, LabelsAtOnceAreOneBucket) {
  const LabelAges found = label_ages(std::vector<Duration>(50, 0));
  EXPECT_TRUE(found.known);
  EXPECT_EQ(found.buckets(), 1U);
  EXPECT_EQ(found.end_of(0), kSecond);
  EXPECT_FALSE(label_ages({}).known);
}

}  // namespace
}  // namespace driftd::detectors::evidence
