// P1, P2, P3, P5 and P9 of STATISTICS 14, in short; DRIFTD_FULL=1 runs P2, P3 and P5 at their full length.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "detectors/maths/portable.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {
namespace {

// More alarms than a guaranteed mean allows by chance.
double most_alarms(double mean) { return mean + 3 * std::sqrt(mean); }

TEST(P1Recursion, GivesEveryFigureOfTheStatistics) {
  const std::map<int, double> expected = {{1, 8.8889e-4},  {3, 5.358025e-3}, {6, .02860631},
                                          {11, .20825223}, {14, .75000793},  {15, 1.50201587}};
  SeriesEvidence series(series_of(std::make_unique<OneBet>(0.1, 0.2)), {kSecond, 1});
  const std::string outcomes = "0010110011101111";
  int alarm = 0;
  for (int i = 1; i <= 15; ++i) {
    const bool one = outcomes[static_cast<std::size_t>(i - 1)] == '1';
    series.close(i, 0, std::vector<std::int64_t>{one ? 0 : 1, one ? 1 : 0}, 1e-3);
    const double m = series.sum(i, 1e-3);
    if (expected.contains(i)) {
      EXPECT_NEAR(m, expected.at(i), 5e-9) << i;
    }
    if (m >= 1 && alarm == 0) alarm = i;
  }
  EXPECT_EQ(alarm, 15);
}

TEST(P2UniformBins, AlarmsAsOftenAsTheBudgetAndNotMore) {
  const Protocol protocol{full() ? 3'000'000 : 200'000, 1e-4};
  Random random(2);
  const auto monitors =
      series_of(numeric_monitor(reference_of(std::vector<double>(20, 0.05), kKnown), {0, std::nullopt}));
  ASSERT_EQ(monitors->monitors.front().monitor->components().size(), 226U);
  const double budgets = static_cast<double>(protocol.events) * protocol.per_event;
  const auto alarms = alarms_of(monitors, protocol, [&] { return random.below(20); });
  RecordProperty("alarms", std::to_string(alarms));
  EXPECT_LE(static_cast<double>(alarms), most_alarms(budgets));
  EXPECT_GE(static_cast<double>(alarms), budgets / 3);
}

TEST(P2UniformBins, FailsWithoutTheReset) {
  Random random(2);
  const auto monitors =
      series_of(numeric_monitor(reference_of(std::vector<double>(20, 0.05), kKnown), {0, std::nullopt}));
  const auto alarms = alarms_of(monitors, {60'000, 1e-4, false}, [&] { return random.below(20); });
  EXPECT_GT(static_cast<double>(alarms), most_alarms(6));
}

TEST(P3Bernoulli, AlarmsAsOftenAsTheBudgetAndNotMore) {
  const Protocol protocol{full() ? 20'000'000 : 2'000'000, 1e-4};
  Random random(3);
  const auto monitors = series_of(rate_monitor(reference_of({0.9, 0.1}, kKnown), Shape::rate, 0));
  const double budgets = static_cast<double>(protocol.events) * protocol.per_event;
  const auto alarms = alarms_of(monitors, protocol, [&] { return random.uniform() < 0.1 ? 1U : 0U; });
  RecordProperty("alarms", std::to_string(alarms));
  EXPECT_LE(static_cast<double>(alarms), most_alarms(budgets));
  EXPECT_GE(static_cast<double>(alarms), budgets / 2);
}

TEST(P3Bernoulli, FailsWithoutTheReset) {
  Random random(3);
  const auto monitors = series_of(rate_monitor(reference_of({0.9, 0.1}, kKnown), Shape::rate, 0));
  const auto alarms =
      alarms_of(monitors, {500'000, 1e-4, false}, [&] { return random.uniform() < 0.1 ? 1U : 0U; });
  EXPECT_GT(static_cast<double>(alarms), most_alarms(50));
}

// The bins of a reference of 1,000 values hold a twentieth of it each, but not of the truth.
std::vector<double> true_shares(Random& random) {
  std::vector<double> values(1000);
  for (double& value : values) value = random.uniform();
  std::sort(values.begin(), values.end());
  std::vector<double> upper;
  for (std::size_t k = 1; k < 20; ++k) upper.push_back(values[k * 50 - 1]);
  upper.push_back(1);
  return upper;
}

double alarms_per_budget(const Floors& floors, int budgets) {
  Random random(5);
  std::int64_t alarms = 0;
  for (int budget = 0; budget < budgets; ++budget) {
    const std::vector<double> upper = true_shares(random);
    const auto monitors =
        series_of(numeric_monitor(reference_of(std::vector<double>(20, 0.05), 1000), floors));
    alarms += alarms_of(monitors, {100'000, 1e-5}, [&] {
      return static_cast<std::size_t>(std::lower_bound(upper.begin(), upper.end(), random.uniform()) -
                                      upper.begin());
    });
  }
  return static_cast<double>(alarms) / budgets;
}

TEST(P5FiniteReference, HoldsTheBudgetWithAFloorOfTwoDeviations) {
  const double alarms = alarms_per_budget({0, 2}, full() ? 200 : 4);
  RecordProperty("per_budget", std::to_string(alarms));
  EXPECT_LE(alarms, 0.9);
}

TEST(P5FiniteReference, CriesWolfWithoutFloors) {
  const double alarms = alarms_per_budget({0, 0}, full() ? 200 : 2);
  RecordProperty("per_budget", std::to_string(alarms));
  EXPECT_GE(alarms, 5);
}

// One alarm per 30 d, slots of a minute: tau is a quarter of the budget's time.
double most_evidence_in_silence(double eta) {
  SeriesEvidence series(series_of(std::make_unique<OneBet>(0.1, 0.2)), {kMinute, eta});
  const std::int64_t budget = 30 * 24 * 60;
  const double grant = 1.0 / static_cast<double>(budget);
  series.carry(0, grant);
  double most = 0;
  for (std::int64_t slot = 60; slot <= 10 * budget; slot += 60) {
    series.carry(slot, grant);
    most = std::max(most, series.sum(slot, grant));
  }
  return most;
}

TEST(P9Silence, NeverAlarmsInTenBudgets) {
  const double tau = 0.25 * 30 * 24 * 60;
  EXPECT_LT(most_evidence_in_silence(maths::portable_exp(-1 / tau)), 0.26);
  EXPECT_GE(most_evidence_in_silence(1), 1);  // without the leak the grants alone would alarm
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
