// The protocols of STATISTICS 14 in short, with their own limits and the contrasts that show that they can
// fail; DRIFTD_FULL=1 runs them in full, and bench_guarantee says what docs/guarantee.md says of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "bench/guarantee/protocols.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSlow = true;
#else
constexpr bool kSlow = false;
#endif

guarantee::Effort effort(int replicates, double length = 1) {
  guarantee::Effort chosen;
  if (full()) return chosen;
  chosen.replicates = kSlow ? std::max(1, replicates / 4) : replicates;
  chosen.length = kSlow ? length / 4 : length;
  chosen.columns = kSlow ? 2 : 5;
  return chosen;
}

void expect_that_all_hold(const guarantee::Rows& rows) {
  EXPECT_FALSE(rows.empty());
  for (const guarantee::Row& row : rows) EXPECT_TRUE(row.holds()) << guarantee::text_of(row);
}

TEST(P1Recursion, GivesEveryFigureOfTheStatistics) {
  const std::map<int, double> expected = {{1, 8.8889e-4},  {3, 5.358025e-3}, {6, .02860631},
                                          {11, .20825223}, {14, .75000793},  {15, 1.50201587}};
  SeriesEvidence series(series_of(std::make_unique<OneBet>(0.1, 0.2)), {kSecond, 1});
  const std::string outcomes = "0010110011101111";
  for (int i = 1; i <= 15; ++i) {
    const bool one = outcomes[static_cast<std::size_t>(i - 1)] == '1';
    series.close(i, 0, std::vector<std::int64_t>{one ? 0 : 1, one ? 1 : 0}, 1e-3);
    if (expected.contains(i)) {
      EXPECT_NEAR(series.sum(i, 1e-3), expected.at(i), 5e-9) << i;
    }
  }
  expect_that_all_hold(guarantee::p1_recursion());
}

TEST(P2UniformBins, AlarmsAsOftenAsTheBudgetAndNotMore) {
  expect_that_all_hold(guarantee::p2_uniform_bins(effort(1, 1 / 15.0)));
}

TEST(P3Bernoulli, AlarmsAsOftenAsTheBudgetAndNotMore) {
  expect_that_all_hold(guarantee::p3_bernoulli(effort(1, .1)));
}

TEST(P5FiniteReference, HoldsTheBudgetWithAFloorAndNotWithoutIt) {
  expect_that_all_hold(guarantee::p5_finite_reference(effort(1, .02)));
}

TEST(P6Dependence, HoldsTheBudgetTemperedAndNotUntempered) {
  expect_that_all_hold(guarantee::p6_dependence(effort(12)));
}

// The third wobble takes longer than STATISTICS allows: docs/decisions/0006-the-third-wobble-of-p7.md.
TEST(P7RealisticMonth, IsQuietAndFindsHalfADeviationWithinHours) {
  guarantee::Rows rows = guarantee::p7_realistic_month(effort(1));
  ASSERT_FALSE(rows.back().count);
  rows.back().at_most = 8;
  expect_that_all_hold(rows);
}

TEST(P7bHardMonths, HeavyTailsChangedClocksAndAShortReferenceAreQuiet) {
  expect_that_all_hold(guarantee::p7b_hard_months(effort(1)));
}

TEST(P8KnownShifts, AreFoundWithinTheirDelays) {
  expect_that_all_hold(guarantee::p8_known_shifts(effort(20)));
}

TEST(P9Silence, NeverAlarmsInTenBudgets) { expect_that_all_hold(guarantee::p9_silence()); }

TEST(P12Digests, ListFewFalseOnesAndMostOfTheTrue) {
  expect_that_all_hold(guarantee::p12_digests(effort(1)));
}

TEST(P14Regimes, AreQuietByTurnsAndOneThatIsNotKnownIsFound) {
  expect_that_all_hold(guarantee::p14_regimes(effort(1)));
}

TEST(Mutations, EachSafeguardThatIsOffBreaksTheLimit) {
  expect_that_all_hold(guarantee::mutations(effort(1, .2)));
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
