#include "detectors/evidence/budget_shares.h"

#include <gtest/gtest.h>

#include <numeric>

namespace driftd::detectors::evidence {
namespace {

constexpr auto kOn = KindState::watching;
constexpr auto kOff = KindState::absent;

double sum(const KindWeights& shares) { return std::accumulate(shares.begin(), shares.end(), 0.0); }

TEST(BudgetShares, AllKindsTogetherGetTheWholeBudget) {
  EXPECT_DOUBLE_EQ(sum(share_kinds(kKindWeights, {kOn, kOn, kOn, kOn, kOn, kOn})), 1);
}

TEST(BudgetShares, KindsThatATaskExcludesGiveTheirShareToTheOthersInProportion) {
  const KindWeights shares = share_kinds(kKindWeights, {kOn, kOn, kOn, kOff, kOff, kOff});
  EXPECT_DOUBLE_EQ(sum(shares), 1);
  EXPECT_DOUBLE_EQ(shares[0] / shares[1], 4);
  EXPECT_DOUBLE_EQ(shares[3], 0);
}

TEST(BudgetShares, WhatIsLearningIsGrantedToNobody) {
  const auto learning = KindState::learning;
  const KindWeights shares = share_kinds(kKindWeights, {kOn, kOn, kOn, learning, learning, learning});
  EXPECT_DOUBLE_EQ(sum(shares), .65);
  EXPECT_DOUBLE_EQ(shares[0], .40);
}

TEST(BudgetShares, RegressionGivesPerformanceToConcept) {
  const KindWeights shares = share_kinds(kKindWeights, {kOn, kOn, kOn, kOn, kOff, kOn});
  EXPECT_DOUBLE_EQ(shares[3], .30);
  EXPECT_DOUBLE_EQ(shares[0], .40);
}

TEST(BudgetShares, ColumnsShareByImportance) {
  const std::vector<double> importance = {1, 0, 3};
  EXPECT_EQ(share_columns(importance), (std::vector<double>{.25, 0, .75}));
  EXPECT_EQ(share_columns(std::vector<double>{0, 0}), (std::vector<double>{0, 0}));
}

TEST(BudgetShares, SegmentsHoweverManyComeLaterNeverExceedTheBudget) {
  const SegmentShares shares = share_segments(true, 7);
  double all = shares.whole + 7 * shares.known;
  for (std::size_t i = 0; i < 10'000; ++i) all += SegmentShares::later(i);
  EXPECT_LE(all, 1);
  EXPECT_GT(all, .9999);
  EXPECT_DOUBLE_EQ(share_segments(false, 0).whole, 1);
}

}  // namespace
}  // namespace driftd::detectors::evidence
