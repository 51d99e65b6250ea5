#include "detectors/evidence/certify/shift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>

#include "detectors/evidence/certify/alarm_rate.h"
#include "detectors/evidence/column_counts.h"

namespace driftd::detectors::evidence {
namespace {

// certify_cases.txt is written by certify_cases.py.
std::vector<std::vector<double>> cases_of(const std::string& wanted) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/evidence/certify/certify_cases.txt");
  std::vector<std::vector<double>> cases;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    words >> name;
    if (name != wanted) continue;
    std::vector<double>& numbers = cases.emplace_back();
    for (std::string word; words >> word;) numbers.push_back(std::strtod(word.c_str(), nullptr));
  }
  EXPECT_FALSE(cases.empty()) << wanted;
  return cases;
}

ColumnProfile numeric(std::size_t bins) {
  ColumnProfile column;
  column.maximum = 1;
  for (std::size_t k = 1; k < bins; ++k)
    column.evidence_edges.push_back(static_cast<double>(k) / static_cast<double>(bins));
  column.shown_edges = column.evidence_edges;
  (void)column.derive();
  return column;
}

std::int64_t sum(std::span<const std::int64_t> counts) {
  return std::accumulate(counts.begin(), counts.end(), 0LL);
}

TEST(Shift, MovesANormalColumnAsScipySays) {
  for (const std::vector<double>& expected : cases_of("location")) {
    const auto bins = static_cast<std::size_t>(expected[0]);
    const std::vector<double> p(bins, 1 / expected[0]);
    const ColumnProfile column = numeric(bins);
    const Shift shift(column, p, Move::location, expected[1]);
    std::vector<std::int64_t> counts(counts_of(column), 0);
    std::fill_n(counts.begin(), bins, 10'000'000);
    const auto moved = shift.applied(counts);
    const double all = 1e7 * expected[0];
    double variation = 0;
    for (std::size_t k = 0; k < bins; ++k) {
      EXPECT_NEAR(static_cast<double>(moved[k]), all * expected[2 + k], 2 * expected[0]) << bins << " " << k;
      variation += std::abs(expected[2 + k] - p[k]) / 2;
    }
    EXPECT_NEAR(shift.variation(), variation, 1e-9);
    EXPECT_EQ(sum(moved), sum(counts));
  }
}

TEST(Shift, MovesSmallCountsWholeAndInTheMeanAsMany) {
  const ColumnProfile column = numeric(4);
  const Shift shift(column, std::vector<double>(4, .25), Move::location, .15);
  std::vector<std::int64_t> counts;
  for (int slot = 0; slot < 5000; ++slot) counts.insert(counts.end(), {2, 1, 3, 0, 6, 0, 6, 0, 6, 0, 6, 0});
  const auto moved = shift.applied(counts);
  std::vector<std::int64_t> all(4);
  for (std::size_t slot = 0; slot < 5000; ++slot) {
    const auto own = std::span(moved).subspan(slot * 12, 4);
    ASSERT_EQ(sum(own), 6);
    for (std::size_t k = 0; k < 4; ++k) {
      ASSERT_GE(own[k], 0);
      all[k] += own[k];
    }
  }
  // a bin's own shift, of the cases: what leaves the first is a quarter less what is left of it
  const double left = cases_of("location")[1][2] * 4;
  EXPECT_NEAR(static_cast<double>(all[0]), 10'000 * left, 10);
}

TEST(Shift, TowardACategoryTakesFromAllOthers) {
  ColumnProfile column;
  column.type = ColumnType::categorical;
  column.categories = {"a", "b", "c"};
  column.reference.assign(kFirstBin + 3, {100, 0});
  (void)column.derive();
  const std::vector<double> p = {.6, .3, .1, 0};
  const Shift shift(column, p, Move::category, .1);
  EXPECT_NEAR(shift.variation(), .1 * (1 - .3), 1e-12);  // the most frequent has more than half
  const auto moved = shift.applied(std::vector<std::int64_t>{6000, 3000, 1000, 0, 10'000, 0, 10'000, 0});
  EXPECT_NEAR(static_cast<double>(moved[1]), 3700, 2);
  EXPECT_NEAR(static_cast<double>(moved[0]), 5400, 1);
  EXPECT_EQ(moved[5], 0);
}

TEST(Shift, ToMissingTakesFromTheBinsAndFromNoOtherRate) {
  const ColumnProfile column = numeric(4);
  const Shift shift(column, std::vector<double>(4, .25), Move::missing, .05);
  EXPECT_EQ(shift.variation(), .05);
  const auto moved =
      shift.applied(std::vector<std::int64_t>{100, 200, 300, 400, 1000, 8, 1000, 3, 990, 10, 995, 5});
  const std::int64_t gone = 1000 - sum(std::span(moved).first(4));
  EXPECT_NEAR(static_cast<double>(gone), 50, 4);
  EXPECT_EQ(moved[4], 1000 - gone);
  EXPECT_EQ(moved[5], 8 + gone);
  EXPECT_EQ(moved[6], 1000 - gone);
  EXPECT_EQ(moved[7], 3);
  EXPECT_EQ(moved[9], 10);
}

TEST(AlarmRate, HasThePoissonIntervalOfScipy) {
  for (const std::vector<double>& expected : cases_of("poisson")) {
    const AlarmRate rate = alarm_rate(static_cast<std::int64_t>(expected[0]), 4);
    EXPECT_DOUBLE_EQ(rate.mean, expected[0] / 4);
    EXPECT_NEAR(rate.low, expected[1] / 4, 1e-8 * (1 + expected[1]));
    EXPECT_NEAR(rate.high, expected[2] / 4, 1e-8 * (1 + expected[2]));
  }
}

}  // namespace
}  // namespace driftd::detectors::evidence
