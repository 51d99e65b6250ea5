// The reference `auto` of labels: fixed after 20,000 pairs, then renewed over its first 14 days (DESIGN 7.6).
#include <gtest/gtest.h>

#include <algorithm>

#include "detectors/evidence/labels/label_gathering.h"
#include "tests/app/pipeline_bench.h"

namespace driftd::app {
namespace {

namespace ev = detectors::evidence;

constexpr Duration kStep = 50 * kSecond, kSlot = kHour;
constexpr int kPredictions = 27'000;  // 15.6 days

Time predicted_at(int number) { return kBegin + number * kStep; }
// Most labels come after two hours, a fifth on the next day.
Time labelled_at(int number) { return predicted_at(number) + (number % 5 == 0 ? 26 : 2) * kHour; }

std::vector<int> by_label() {
  std::vector<int> order(kPredictions);
  for (int i = 0; i < kPredictions; ++i) order[static_cast<std::size_t>(i)] = i;
  std::stable_sort(order.begin(), order.end(), [](int a, int b) { return labelled_at(a) < labelled_at(b); });
  return order;
}

Script stream() {
  Script script(2);
  for (int i = 0; i < kPredictions; ++i) script[0].push_back(prediction_text(i, predicted_at(i)));
  for (const int i : by_label()) script[1].push_back(feedback_text(i, labelled_at(i)));
  return script;
}

// The pairs of prediction_text() and feedback_text() that came before `end`.
std::vector<ev::LabelledPair> pairs_before(Time end, const detectors::TaskSpec& task) {
  std::vector<ev::LabelledPair> pairs;
  for (int i = 0; i < kPredictions; ++i) {
    if (labelled_at(i) >= end) continue;
    const bool said = i % 3 == 0, is = said || i % 7 == 0;
    Predicted predicted;
    predicted.label = said ? "yes" : "no";
    predicted.score = said ? 0.75 : 0.25;
    const Verdict verdict{is ? "yes" : "no", std::nullopt};
    const auto resolved = detectors::resolve(predicted, verdict, task);
    pairs.push_back(ev::labelled_pair(*resolved, predicted_at(i), labelled_at(i), labelled_at(i)));
  }
  return pairs;
}

// What the renewed reference has to say of how labels come, without slots, rounds and partitions.
ev::LabelReference expected_labels(const detectors::Profile& profile, Time end) {
  ev::LabelGathering gathering(profile.labels->scale, kSlot);
  gathering.add(pairs_before(end, profile.task));
  ev::Cohorts predictions;
  for (int i = 0; i < kPredictions; ++i) {
    const std::int64_t cohort = ev::cohort_of(predicted_at(i), kSlot);
    if (slot_end(cohort, detectors::kProfileBlock) <= end) ++predictions[cohort];
  }
  return gathering.finish(predictions, end);
}

void expect_same(const ev::LabelReference& made, const ev::LabelReference& wanted) {
  EXPECT_EQ(made.scale, wanted.scale);
  EXPECT_EQ(made.until, wanted.until);
  EXPECT_EQ(made.arrivals, wanted.arrivals);
  EXPECT_EQ(made.timeless, wanted.timeless);
  ASSERT_EQ(made.blocks.size(), wanted.blocks.size());
  for (std::size_t i = 0; i < made.blocks.size(); ++i) {
    const ev::LabelBlock &one = made.blocks[i], &other = wanted.blocks[i];
    EXPECT_EQ(one.block, other.block) << i;
    EXPECT_EQ(one.arrived, other.arrived) << i;
    EXPECT_EQ(one.matured, other.matured) << i;
    EXPECT_EQ(one.cohort, other.cohort) << i;
    if (::testing::Test::HasFailure()) return;
  }
}

// Whether the task is said, or found out with the reference of predictions.
Config config_of_auto(bool task_said) {
  Config config = config_that_learns(1);
  config.slot = kSlot;
  config.models.standard.reference = {};  // auto
  if (task_said) {
    config.models.standard.task = detectors::Task::binary;
    config.models.standard.positive = "yes";
  }
  resolve_defaults(config);
  return config;
}

TEST(PairRenewal, HoldsThePairsOfItsFirstDaysWhateverTheRoundsAndRestarts) {
  const Script script = stream();
  const Time end = slot_start(slot_of(labelled_at(1), kSlot), kSlot) + 14 * kDay;
  std::string digest;
  struct Run {
    int records, restarts;
    bool task_said;
  };
  for (const auto& [records, restarts, task_said] :
       {Run{9000, 0, true}, Run{1700, 3, true}, Run{1700, 3, false}}) {
    const Config config = config_of_auto(task_said);
    Bench bench(config, script);
    bench.play(static_cast<std::size_t>(records), restarts);
    ASSERT_TRUE(bench->finish().ok());
    const Version& version = bench->state().registry.version(0);
    ASSERT_NE(version.pairs, nullptr);
    EXPECT_FALSE(version.pair_renewal.has_value()) << records;  // it is over
    const detectors::Profile& profile = version.pairs->profile;
    const auto pairs = pairs_before(end, profile.task);
    EXPECT_GT(pairs.size(), 20'000U);  // more than it was fixed with
    EXPECT_EQ(profile.pairs, static_cast<std::int64_t>(pairs.size())) << records;
    EXPECT_EQ(profile.performance.pairs(), profile.pairs);
    expect_same(*profile.labels, expected_labels(profile, end));
    for (const detectors::SegmentReference& segment : profile.segments)
      EXPECT_TRUE(segment.labels.has_value());
    EXPECT_EQ(profile.segments.size(), 2U);
    if (digest.empty()) digest = profile.digest;
    EXPECT_EQ(profile.digest, digest) << records;
  }
}

}  // namespace
}  // namespace driftd::app
