#include "detectors/evidence/labels/pair_counts.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "detectors/evidence/labels/label_evidence.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr Duration kSlot = kMinute;

std::vector<LabelledPair> random_pairs(std::size_t size, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  std::vector<LabelledPair> pairs(size);
  for (LabelledPair& pair : pairs) {
    pair.prediction_time = static_cast<Time>(uniform(random) * static_cast<double>(3 * kDay));
    pair.age = static_cast<Duration>(uniform(random) * uniform(random) * static_cast<double>(kDay));
    pair.evidence_time = pair.prediction_time + pair.age;
    pair.score = uniform(random);
    pair.positive_predicted = *pair.score >= .5;
    pair.positive_actual = uniform(random) < *pair.score;
    pair.residual = uniform(random) - uniform(random);
    pair.loss = std::abs(pair.residual);
  }
  return pairs;
}

std::vector<LabelledPair> with_errors(std::vector<LabelledPair> pairs) {
  for (LabelledPair& pair : pairs) pair.loss = pair.positive_predicted != pair.positive_actual ? 1 : 0;
  return pairs;
}

LabelReference reference_of(Task task, std::mt19937_64& random) {
  LabelSource source;
  source.task = task;
  source.slot = kSlot;
  source.pairs = random_pairs(20'000, random);
  if (task == Task::binary) source.pairs = with_errors(std::move(source.pairs));
  for (const LabelledPair& pair : source.pairs) ++source.predictions[cohort_of(pair.prediction_time, kSlot)];
  return label_reference(source);
}

class PairCountsTest : public ::testing::TestWithParam<Task> {
 protected:
  std::mt19937_64 random_{7};
  LabelReference reference_ = reference_of(GetParam(), random_);
  PairCounter counter_{reference_.scale, true,
                       LossBets{std::vector<double>(reference_.scale.ages.buckets(), .3)}};

  PairCounts count(std::span<const LabelledPair> pairs) {
    PairCounts counts = counter_.none();
    for (const LabelledPair& pair : pairs) counter_.add(counts, pair);
    return counts;
  }
};

TEST_P(PairCountsTest, MergingIsConcatenationAndOrderIsIrrelevant) {
  std::vector<LabelledPair> pairs = random_pairs(500, random_);
  const PairCounts all = count(pairs);
  PairCounts merged = count(std::span(pairs).first(123));
  merged.add(count(std::span(pairs).subspan(123)));
  EXPECT_EQ(merged, all);
  std::shuffle(pairs.begin(), pairs.end(), random_);
  EXPECT_EQ(count(pairs), all);
  merged.add(count(std::span(pairs)), -1);
  EXPECT_TRUE(merged.empty());
}

TEST_P(PairCountsTest, BytesReadBackAndHostileOnesAreRefused) {
  const PairCounts counts = count(random_pairs(300, random_));
  const std::string bytes = counts.encode();
  const auto read = PairCounts::decode(counter_.layout(), bytes);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, counts);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const auto cut = PairCounts::decode(counter_.layout(), bytes.substr(0, size));
    if (!cut.ok()) continue;
    EXPECT_EQ(cut->encode(), bytes.substr(0, size));
  }
  Encoder beyond;
  beyond.put_u64(counter_.layout().size());
  beyond.put_i64(1);
  EXPECT_FALSE(PairCounts::decode(counter_.layout(), beyond.bytes()).ok());
}

TEST_P(PairCountsTest, ReferenceIsTheSameInWhateverOrder) {
  LabelSource source;
  source.task = GetParam();
  source.pairs = random_pairs(2'000, random_);
  source.predictions = {{3, 10}, {5, 7}};
  const LabelReference one = label_reference(source);
  std::shuffle(source.pairs.begin(), source.pairs.end(), random_);
  EXPECT_EQ(label_reference(source), one);
}

INSTANTIATE_TEST_SUITE_P(Tasks, PairCountsTest, ::testing::Values(Task::binary, Task::regression),
                         [](const auto& task) { return std::string(name_of(task.param)); });

class LabelSegmentTest : public ::testing::TestWithParam<Task> {
 protected:
  std::mt19937_64 random_{11};
  std::shared_ptr<const LabelPlan> plan_ = LabelPlan::make(reference_of(GetParam(), random_), {});
};

TEST_P(LabelSegmentTest, HasTheColumnsOfItsTask) {
  std::vector<std::string> columns;
  for (const LabelSeries& series : plan_->series()) columns.emplace_back(series.column);
  const std::vector<std::string> wanted =
      GetParam() == Task::regression
          ? std::vector<std::string>{"loss", "arrival"}
          : std::vector<std::string>{"loss", "precision", "recall", "score", "arrival"};
  EXPECT_EQ(columns, wanted);
  for (std::size_t i = 0; i < plan_->series().size(); ++i) {
    const auto monitors = plan_->monitors(i);
    ASSERT_EQ(monitors->monitors.size(), plan_->series()[i].age_matched.size());
    double weight = 0;
    for (const WeightedMonitor& each : monitors->monitors) {
      weight += each.weight;
      double own = 0;
      for (const Component& component : each.monitor->components()) own += component.weight;
      EXPECT_NEAR(own, 1, 1e-12);
    }
    EXPECT_NEAR(weight, 1, 1e-12);
  }
}

// Counts of a stream, whatever the order within slots, and whether or not it was saved on the way.
TEST_P(LabelSegmentTest, SavedAndLoadedItSaysTheSame) {
  std::vector<LabelledPair> pairs = random_pairs(400, random_);
  std::map<std::int64_t, std::vector<LabelledPair>> by_slot;
  for (const LabelledPair& pair : pairs) by_slot[slot_of(pair.evidence_time, kSlot)].push_back(pair);
  const auto run = [&](bool disturbed) {
    LabelSegment segment(kSlot, 30 * kDay);
    for (const LabelledPair& pair : pairs) segment.add_predictions(slot_of(pair.prediction_time, kSlot), 1);
    segment.begin(plan_, 0);
    std::vector<std::vector<std::int64_t>> said;
    auto next = by_slot.begin();
    while (next != by_slot.end() || segment.due()) {
      const std::int64_t slot =
          std::min(next != by_slot.end() ? next->first : INT64_MAX, segment.due().value_or(INT64_MAX));
      std::vector<LabelledPair> here;
      if (next != by_slot.end() && next->first == slot) here = (next++)->second;
      if (disturbed) {
        std::shuffle(here.begin(), here.end(), random_);
        Encoder bytes;
        segment.save(bytes);
        Decoder in(bytes.bytes());
        auto loaded = LabelSegment::load(kSlot, 30 * kDay, plan_, in);
        EXPECT_TRUE(loaded.ok() && in.at_end());
        segment = *std::move(loaded);
      }
      for (const LabelCounts& counts : segment.close(slot, here)) said.push_back(counts.counts);
    }
    return said;
  };
  EXPECT_EQ(run(false), run(true));
}

// Each prediction is waiting at the end of each age until it is labelled; labels of mature cohorts count
// once.
TEST_P(LabelSegmentTest, EveryCohortIsJudgedOnce) {
  const std::vector<LabelledPair> pairs = random_pairs(1'000, random_);
  LabelSegment segment(kSlot, 30 * kDay);
  for (const LabelledPair& pair : pairs) segment.add_predictions(slot_of(pair.prediction_time, kSlot), 1);
  segment.begin(plan_, 0);
  std::map<std::size_t, std::vector<std::int64_t>> sums;
  const auto close = [&](std::int64_t slot, std::span<const LabelledPair> here) {
    for (const LabelCounts& counts : segment.close(slot, here)) {
      auto& sum = sums[counts.series];
      sum.resize(counts.counts.size(), 0);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += counts.counts[i];
    }
  };
  std::map<std::int64_t, std::vector<LabelledPair>> by_slot;
  for (const LabelledPair& pair : pairs) by_slot[slot_of(pair.evidence_time, kSlot)].push_back(pair);
  for (const auto& [slot, here] : by_slot) {
    while (segment.due() && *segment.due() < slot) close(*segment.due(), {});
    close(slot, here);
  }
  while (segment.due()) close(*segment.due(), {});
  EXPECT_EQ(segment.predictions().size(), 0);
  const auto& arrivals = sums.at(plan_->series().size() - 1);
  EXPECT_EQ(arrivals[0] + arrivals[1], 1'000);
  for (std::size_t b = 1; b < arrivals.size() / 2; ++b)
    EXPECT_EQ(arrivals[2 * b] + arrivals[2 * b + 1], arrivals[2 * b - 2]);
  const LabelReference& reference = plan_->reference();
  std::int64_t ripe = 0;
  for (const LabelledPair& pair : pairs) {
    const Time end = slot_end(cohort_of(pair.prediction_time, kSlot), kProfileBlock);
    if (pair.evidence_time < end + reference.scale.ages.ripe) ++ripe;
  }
  if (GetParam() != Task::binary) return;
  const auto& loss = sums.at(0);
  EXPECT_EQ(loss[loss.size() - 2] + loss.back(), ripe);
}

INSTANTIATE_TEST_SUITE_P(Tasks, LabelSegmentTest, ::testing::Values(Task::binary, Task::regression),
                         [](const auto& task) { return std::string(name_of(task.param)); });

}  // namespace
}  // namespace driftd::detectors::evidence
