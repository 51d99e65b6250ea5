// The confidence sequence of a mean against numpy and confseq (champion_cases.py).
#include "detectors/champion/confidence_sequence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "tests/detectors/case_files.h"

namespace driftd::detectors::champion {
namespace {

struct Case {
  std::string name;
  DifferenceCounts counts;
  Interval confseq;
  std::vector<double> means, above, below;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  const std::string file = DRIFTD_SOURCE_DIR "/tests/detectors/champion/champion_cases.txt";
  for (const std::string& line : lines_of(file)) {
    std::istringstream words(line);
    std::string key, word;
    words >> key;
    if (key == "case") words >> all.emplace_back().name;
    std::vector<double> numbers;
    while (words >> word) numbers.push_back(std::stod(word));
    if (key == "cells")
      for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        const double difference = numbers[i] / kLattice;
        all.back().counts.add(std::max(0.0, -difference), std::max(0.0, difference),
                              static_cast<std::uint64_t>(numbers[i + 1]));
      }
    if (key == "confseq") all.back().confseq = {numbers[0], numbers[1]};
    if (key == "means") all.back().means = numbers;
    if (key == "above") all.back().above = numbers;
    if (key == "below") all.back().below = numbers;
  }
  return all;
}

constexpr double kRisk = 0.05;

TEST(ConfidenceSequence, CapitalsAreThoseOfBetsPlacedOneByOne) {
  ASSERT_EQ(cases().size(), 8U);
  for (const Case& one : cases())
    for (std::size_t i = 0; i < one.means.size(); ++i) {
      const double tolerance = 1e-9 * std::max(1.0, std::abs(one.above[i]) + std::abs(one.below[i]));
      EXPECT_NEAR(log_capital_above(one.counts, one.means[i]), one.above[i], tolerance) << one.name;
      EXPECT_NEAR(log_capital_below(one.counts, one.means[i]), one.below[i], tolerance) << one.name;
    }
}

// The price of bets that do not follow the order.
TEST(ConfidenceSequence, IsLittleWiderThanThatOfConfseq) {
  for (const Case& one : cases()) {
    const Interval ours = confidence_interval(one.counts, kRisk);
    const double width = one.confseq.upper - one.confseq.lower;
    EXPECT_LT(ours.upper - ours.lower, 1.3 * width) << one.name;
    EXPECT_LT(ours.lower, one.counts.mean()) << one.name;
    EXPECT_GT(ours.upper, one.counts.mean()) << one.name;
    EXPECT_LT(std::abs(ours.lower - one.confseq.lower), width / 3) << one.name;
    EXPECT_LT(std::abs(ours.upper - one.confseq.upper), width / 3) << one.name;
  }
}

TEST(ConfidenceSequence, EndsWhereTheCapitalReachesTheLimit) {
  for (const Case& one : cases()) {
    const Interval interval = confidence_interval(one.counts, kRisk);
    EXPECT_NEAR(log_capital_above(one.counts, interval.lower), std::log(2 / kRisk), 1e-2) << one.name;
    EXPECT_NEAR(log_capital_below(one.counts, interval.upper), std::log(2 / kRisk), 1e-2) << one.name;
    // Never inside of it.
    EXPECT_GE(log_capital_above(one.counts, interval.lower), log_limit(kRisk)) << one.name;
    EXPECT_GE(log_capital_below(one.counts, interval.upper), log_limit(kRisk)) << one.name;
  }
}

TEST(ConfidenceSequence, NarrowsWithTheRiskThatIsTaken) {
  for (const Case& one : cases()) {
    const Interval careful = confidence_interval(one.counts, 0.001),
                   bold = confidence_interval(one.counts, 0.2);
    EXPECT_LT(careful.lower, bold.lower) << one.name;
    EXPECT_GT(careful.upper, bold.upper) << one.name;
  }
}

TEST(ConfidenceSequence, KnowsNothingFromNothingAndAllFromExtremes) {
  const Interval nothing = confidence_interval({}, kRisk);
  EXPECT_EQ(nothing.lower, -1);
  EXPECT_EQ(nothing.upper, 1);
  DifferenceCounts lost;
  lost.add(0, 1, 1000);
  const Interval interval = confidence_interval(lost, kRisk);
  EXPECT_GT(interval.lower, 0.98);
  EXPECT_EQ(interval.upper, 1);
}

TEST(DifferenceCounts, MergeIsConcatenationWhateverTheOrder) {
  DifferenceCounts first, second, all;
  UniformDraws draws(7);
  for (int i = 0; i < 500; ++i) {
    const double a = draws(), b = draws();
    (i % 3 == 0 ? first : second).add(a, b);
    all.add(a, b);
  }
  DifferenceCounts ahead = first, behind = second;
  ahead.merge(second);
  behind.merge(first);
  EXPECT_EQ(ahead, all);
  EXPECT_EQ(behind, all);
  EXPECT_NEAR(all.mean(), all.challenger_mean() - all.champion_mean(), kRounding);
}

TEST(DifferenceCounts, GroupsOfErrorsAreExact) {
  for (int group = 1; group <= 8; ++group)
    for (int wrong = 0; wrong <= group; ++wrong) {
      DifferenceCounts counts;
      const double mean = static_cast<double>(wrong) / group;
      counts.add(mean, 1);
      EXPECT_DOUBLE_EQ(counts.mean(), 1 - mean) << wrong << " of " << group;
    }
}

TEST(DifferenceCounts, RefuseBytesThatAreOutOfBounds) {
  DifferenceCounts counts;
  counts.add(0, 1, 5);
  counts.add(0.25, 0.1);
  Encoder out;
  counts.save(out);
  Decoder in(out.bytes());
  const auto loaded = DifferenceCounts::load(in);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(*loaded, counts);
  for (std::size_t cut = 0; cut < out.bytes().size(); ++cut) {
    Decoder shorter(std::string_view(out.bytes()).substr(0, cut));
    EXPECT_FALSE(DifferenceCounts::load(shorter).ok()) << cut;
  }
  Encoder hostile;
  hostile.put_u64(1);
  hostile.put_i64(841);
  hostile.put_u64(1);
  hostile.put_u64(0);
  hostile.put_u64(0);
  Decoder bad(hostile.bytes());
  EXPECT_FALSE(DifferenceCounts::load(bad).ok());
}

}  // namespace
}  // namespace driftd::detectors::champion
