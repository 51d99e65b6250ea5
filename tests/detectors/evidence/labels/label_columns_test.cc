// Each column of the door finds what it is there for, and is quiet while nothing changes.
#include <gtest/gtest.h>

#include <string>

#include "tests/detectors/evidence/labels/late_labels.h"

namespace driftd::detectors::evidence {
namespace {

constexpr Duration kSlot = 5 * kMinute;
constexpr int kReferenceDays = 28;
constexpr Time kStart = kReferenceDays * kDay;
constexpr Time kChange = kStart + 10 * kDay;
constexpr double kGrant = static_cast<double>(kSlot) / static_cast<double>(30 * kDay);

// What becomes of a pair whose label came after its age; times are those of the prediction.
using Fill = std::function<void(LabelledPair&, std::mt19937_64&)>;

// Alarms of each column: before the change, and after.
using Alarms = std::map<std::string, std::pair<int, int>, std::less<>>;

Alarms watch(Task task, const Fill& before, const Fill& after) {
  std::mt19937_64 random(17);
  const auto draw = [&](Time start, int days) {
    LateLabels labels;
    labels.start = start;
    labels.days = days;
    LateLabels::Stream stream = labels.draw(random);
    for (LabelledPair& pair : stream.pairs) (pair.prediction_time >= kChange ? after : before)(pair, random);
    return stream;
  };
  LabelOptions options;
  options.measures.slot = kSlot;
  options.measures.calendar.cells = Cells::one;
  const auto plan = LabelPlan::make(reference_of(draw(0, kReferenceDays), task, kSlot), options);
  std::vector<Capital> capitals;
  for (std::size_t i = 0; i < plan->series().size(); ++i)
    capitals.emplace_back(kGrant, std::exp(-kGrant / .25)).watch(plan->monitors(i));
  LabelSegment segment(kSlot, 60 * kDay);
  segment.begin(plan, kStart);
  Alarms alarms;
  for (const LabelSeries& series : plan->series()) alarms[std::string(series.column)];
  const LateLabels::Stream stream = draw(kStart, 30);
  play(stream, segment, kSlot, [&](std::int64_t slot, const std::vector<LabelCounts>& said) {
    for (const LabelCounts& counts : said) {
      if (!capitals[counts.series].close(slot, counts.counts)) continue;
      auto& [early, late] = alarms.find(plan->series()[counts.series].column)->second;
      ++(slot_end(slot, kSlot) < kChange ? early : late);
    }
  });
  return alarms;
}

// `ahead`: by how much the rate of positives is above the score.
Fill scored(double ahead) {
  return [ahead](LabelledPair& pair, std::mt19937_64& random) {
    std::uniform_real_distribution<double> uniform;
    pair.score = uniform(random);
    pair.positive_predicted = *pair.score >= .5;
    pair.positive_actual = uniform(random) < *pair.score + ahead;
    pair.loss = pair.positive_predicted != pair.positive_actual ? 1 : 0;
  };
}

Fill guessed(double bias, double spread) {
  return [bias, spread](LabelledPair& pair, std::mt19937_64& random) {
    pair.residual = std::normal_distribution<double>(bias, spread)(random);
    pair.loss = std::abs(pair.residual);
  };
}

TEST(LabelColumnsTest, AllAreQuietWhileNothingChanges) {
  for (const auto& [column, alarms] : watch(Task::binary, scored(0), scored(0)))
    EXPECT_EQ(alarms, std::pair(0, 0)) << column;
  for (const auto& [column, alarms] : watch(Task::regression, guessed(0, 1), guessed(0, 1)))
    EXPECT_EQ(alarms, std::pair(0, 0)) << column;
}

// More positives than the scores say: more misses, fewer false alarms.
TEST(LabelColumnsTest, RecallAndCalibrationSeeMorePositives) {
  const Alarms alarms = watch(Task::binary, scored(0), scored(.15));
  for (const std::string_view column : {"recall", "score"}) {
    EXPECT_EQ(alarms.find(column)->second.first, 0) << column;
    EXPECT_GT(alarms.find(column)->second.second, 0) << column;
  }
  EXPECT_EQ(alarms.find("arrival")->second, std::pair(0, 0));
}

TEST(LabelColumnsTest, PrecisionAndCalibrationSeeFewerPositives) {
  const Alarms alarms = watch(Task::binary, scored(0), scored(-.15));
  for (const std::string_view column : {"precision", "score"}) {
    EXPECT_EQ(alarms.find(column)->second.first, 0) << column;
    EXPECT_GT(alarms.find(column)->second.second, 0) << column;
  }
}

TEST(LabelColumnsTest, TheLossOfRegressionSeesSpreadAndBias) {
  for (const Fill& after : {guessed(0, 1.3), guessed(.4, 1)}) {
    const Alarms alarms = watch(Task::regression, guessed(0, 1), after);
    EXPECT_EQ(alarms.find("loss")->second.first, 0);
    EXPECT_GT(alarms.find("loss")->second.second, 0);
  }
}

}  // namespace
}  // namespace driftd::detectors::evidence
