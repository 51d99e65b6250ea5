#include <gtest/gtest.h>

#include "detectors/evidence/labels/label_evidence.h"
#include "detectors/learner.h"
#include "detectors/profile_json.h"

namespace driftd::detectors::evidence {
namespace {

constexpr int kPairs = 2'000;
constexpr std::int64_t kPredictions = 3'000;  // a third never gets a label

ProfileOptions binary_options() {
  ProfileOptions options;
  options.task.task = Task::binary;
  options.task.positive = "yes";
  return options;
}

// A prediction a minute; labels come after 1 to 100 minutes.
RawRow pair_row(int i, bool timed) {
  RawRow row;
  row.id = std::to_string(i);
  row.predicted.score = (i % 10) / 10.0 + .05;
  row.verdict = Verdict{i % 7 < 2 ? "yes" : "no", std::nullopt};
  const Time predicted = i * kMinute;
  row.time = predicted + (i * 37 % 100 + 1) * kMinute;
  if (timed) row.pair_times = {predicted, row.time};
  return row;
}

Learner learnt(bool timed) {
  std::map<std::int64_t, RowTable> slots;
  for (int i = 0; i < kPairs; ++i) {
    const RawRow row = pair_row(i, timed);
    slots[slot_of(row.time, kMinute)].rows.push_back(row);
  }
  Learner learner({ReferenceRule::Kind::first_rows, kPairs, 0}, kMinute);
  for (const auto& [slot, rows] : slots) learner.add_slot(slot, rows);
  return learner;
}

Profile learnt_profile(bool timed) {
  std::map<std::int64_t, std::int64_t> predictions;
  if (timed) {
    for (std::int64_t i = 0; i < kPredictions; ++i) ++predictions[cohort_of(i * 2 * kMinute / 3, kMinute)];
  }
  return learnt(timed).finish(binary_options(), ProfileParts::pairs, {{"", predictions}}).value();
}

TEST(LabelProfileTest, TellsHowLabelsCame) {
  const Profile profile = learnt_profile(true);
  ASSERT_TRUE(profile.labels.has_value());
  const LabelAges& ages = profile.labels->scale.ages;
  EXPECT_TRUE(ages.known);
  EXPECT_EQ(ages.ripe, 95 * kMinute);
  EXPECT_EQ(ages.oldest, 100 * kMinute);
  EXPECT_TRUE(profile.labels->arrivals);
  std::int64_t made = 0;
  std::int64_t labelled = 0;
  for (const LabelBlock& block : profile.labels->blocks) {
    if (!block.cohort.empty()) made += block.cohort[0];
    for (std::size_t i = 1; i < block.cohort.size(); ++i) labelled += block.cohort[i];
  }
  EXPECT_EQ(made, kPredictions);
  EXPECT_EQ(labelled, kPairs * 99 / 100);  // up to the 99 % age
}

TEST(LabelProfileTest, AllColumnsCanBeWatched) {
  const auto plan = LabelPlan::make(*learnt_profile(true).labels, {});
  std::vector<std::string_view> columns;
  for (const LabelSeries& series : plan->series()) columns.push_back(series.column);
  EXPECT_EQ(columns, (std::vector<std::string_view>{"loss", "precision", "recall", "score", "arrival"}));
}

// As of `driftd profile`, whose rows tell no time of the feedback.
TEST(LabelProfileTest, WithoutFeedbackTimesThereIsOneAgeAndNoCohort) {
  const Profile profile = learnt_profile(false);
  ASSERT_TRUE(profile.labels.has_value());
  EXPECT_FALSE(profile.labels->scale.ages.known);
  EXPECT_FALSE(profile.labels->arrivals);
  EXPECT_FALSE(profile.labels->blocks.empty());  // by the rows' times
  const auto plan = LabelPlan::make(*profile.labels, {});
  for (std::size_t i = 0; i < plan->series().size(); ++i) {
    EXPECT_NE(plan->series()[i].column, "arrival");
    EXPECT_FALSE(plan->series()[i].fitted_ages);
    ASSERT_EQ(plan->monitors(i)->monitors.size(), 1U);
    EXPECT_EQ(plan->monitors(i)->monitors[0].weight, 1);
  }
  LabelSegment segment(kMinute, 30 * kDay);
  segment.begin(plan, 0);
  LabelledPair pair;
  pair.positive_predicted = true;
  EXPECT_FALSE(segment.close(5, std::vector<LabelledPair>{pair}).empty());
  EXPECT_FALSE(segment.due().has_value());
}

TEST(LabelProfileTest, JsonRestoresItAndTheDigestCoversIt) {
  for (const bool timed : {true, false}) {
    Profile profile = learnt_profile(timed);
    const auto restored = profile_from_json(to_json(profile));
    ASSERT_TRUE(restored.ok()) << restored.error().message;
    EXPECT_EQ(restored->labels, profile.labels);
    profile.labels->until += 1;
    EXPECT_NE(digest_of(profile), profile.digest);
    EXPECT_FALSE(profile_from_json(to_json(profile)).ok());
  }
}

TEST(LabelProfileTest, LearningIsRestoredWithItsTimes) {
  const Learner learner = learnt(true);
  Encoder bytes;
  learner.save(bytes);
  Decoder in(bytes.bytes());
  const auto restored = Learner::load(in);
  ASSERT_TRUE(restored.ok());
  const auto finish = [](const Learner& one) {
    return one.finish(binary_options(), ProfileParts::pairs).value().labels;
  };
  EXPECT_EQ(finish(*restored), finish(learner));
}

TEST(LabelProfileTest, BytesThatAreNoneAreRefused) {
  const Profile profile = learnt_profile(true);
  Encoder out;
  profile.labels->save(out);
  for (std::size_t size = 0; size < out.bytes().size(); size += 13) {
    Decoder cut(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(LabelReference::load(cut).ok()) << size;
  }
  // Whatever is read can be measured.
  for (std::size_t i = 0; i < 400; ++i) {
    std::string bytes = out.bytes();
    bytes[i * 7 % bytes.size()] = static_cast<char>(i * 31);
    Decoder in(bytes);
    const auto read = LabelReference::load(in);
    if (read.ok()) (void)LabelPlan::make(*read, {});
  }
}

}  // namespace
}  // namespace driftd::detectors::evidence
