#include "collector/join.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/collector/join_story.h"

namespace driftd::collector {
namespace {

using story::Feedback;
using story::Prediction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Time kNoon = 12 * kHour;

Prediction prediction(Time time, std::uint64_t hash = 1, std::uint32_t series = 0, std::string variant = "") {
  return {
      .model = 0, .series = series, .id = "8f1c", .variant = std::move(variant), .time = time, .hash = hash};
}

Feedback feedback(Time time, std::uint64_t hash = 1, std::optional<std::uint32_t> series = std::nullopt) {
  return {.model = 0, .series = series, .id = "8f1c", .time = time, .hash = hash};
}

// One shard, told one thing after the other at clocks that the test sets.
struct Join : ::testing::Test {
  IdShard shard;
  ShardOutput out;
  JoinContext context{.prediction_clock = kNoon,
                      .feedback_clock = kNoon,
                      .slot = kMinute,
                      .dedupe = kHour,
                      .label_horizon = kDay,
                      .label_horizons = {}};

  Standing tell(const Prediction& p) { return story::give(shard, p, context, out); }
  void tell(const Feedback& f, Time watermark = kNoTime) { story::give(shard, f, watermark, context, out); }
  void pass(Time time) {
    context.prediction_clock = time;
    context.feedback_clock = time;
    shard.expire(context, out);
  }
};

TEST_F(Join, GivesOnePairWhenFeedbackComes) {
  EXPECT_EQ(tell(prediction(kNoon)), Standing::counts);
  EXPECT_EQ(shard.pending(0), 1U);
  tell(feedback(kNoon + kHour));
  ASSERT_THAT(out.pairs, SizeIs(1));
  EXPECT_EQ(out.pairs[0].sign, 1);
  EXPECT_TRUE(out.pairs[0].evidence);
  EXPECT_TRUE(out.pairs[0].history);
  EXPECT_EQ(out.pairs[0].pair.prediction_time, kNoon);
  EXPECT_EQ(out.pairs[0].pair.evidence_time, kNoon + kHour);
  EXPECT_EQ(out.pairs[0].pair.verdict, story::verdict_of(feedback(kNoon + kHour)));
  EXPECT_EQ(out.series[0].matched, 1);
  EXPECT_THAT(out.delays, SizeIs(1));
  EXPECT_EQ(out.delays[0].delay, kHour);
  EXPECT_EQ(shard.pending(0), 0U) << "pending are those never joined";
}

TEST_F(Join, GivesTheSamePairWhenFeedbackComesFirst) {
  tell(feedback(kNoon));
  EXPECT_THAT(out.pairs, IsEmpty());
  tell(prediction(kNoon + kSecond));
  ASSERT_THAT(out.pairs, SizeIs(1));
  EXPECT_EQ(out.pairs[0].pair.evidence_time, kNoon + kSecond);
  EXPECT_EQ(out.delays[0].delay, 0) << "a delay is never negative";
}

TEST_F(Join, TakesTheEvidenceSlotFromAWatermarkThatIsFurther) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute), kNoon + 3 * kHour);
  EXPECT_EQ(out.pairs[0].pair.evidence_time, kNoon + 3 * kHour);
}

TEST_F(Join, GivesNoEvidenceToAClosedSlotButHistory) {
  tell(feedback(kNoon));
  pass(kNoon + 2 * kHour);
  tell(prediction(kNoon + kMinute));  // late
  ASSERT_THAT(out.pairs, SizeIs(1));
  EXPECT_FALSE(out.pairs[0].evidence);
  EXPECT_TRUE(out.pairs[0].history);
  EXPECT_EQ(out.series[0].matched, 1);
}

TEST_F(Join, LetsHistoryAloneFollowACorrection) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute, 1));
  out.clear();
  tell(feedback(kNoon + kHour, 2));
  ASSERT_THAT(out.pairs, SizeIs(2));
  EXPECT_EQ(out.pairs[0].sign, -1);
  EXPECT_EQ(out.pairs[1].sign, +1);
  for (const PairChange& change : out.pairs) {
    EXPECT_TRUE(change.history);
    EXPECT_FALSE(change.evidence);
  }
  EXPECT_TRUE(out.models.empty()) << "another verdict is no duplicate";
}

TEST_F(Join, CountsEqualFeedbackAsDuplicate) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute));
  tell(feedback(kNoon + kMinute));
  tell(feedback(kNoon + kHour));
  EXPECT_EQ(out.models[0].duplicates, 2);
  EXPECT_EQ(out.series[0].matched, 1);
}

TEST_F(Join, MakesTheSmallerVerdictEvidenceWhileTheSlotIsOpen) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute, 2));
  out.clear();
  tell(feedback(kNoon + kMinute, 1));
  ASSERT_THAT(out.pairs, SizeIs(2));
  EXPECT_TRUE(out.pairs[0].evidence && out.pairs[1].evidence);
  EXPECT_FALSE(out.pairs[0].history || out.pairs[1].history);
  EXPECT_EQ(out.pairs[1].pair.verdict.label, "1");
}

TEST_F(Join, LeavesEvidenceOfAClosedSlotAlone) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kHour, 2));
  pass(kNoon + 2 * kHour);
  out.clear();
  tell(feedback(kNoon + kMinute, 1));  // feedback is never late, but evidence stands
  EXPECT_THAT(out.pairs, IsEmpty());
}

TEST_F(Join, JoinsEveryVersionAndVariantUnlessOneIsNamed) {
  tell(prediction(kNoon, 1, 0));
  tell(prediction(kNoon, 1, 1));
  tell(prediction(kNoon, 1, 1, "challenger"));
  tell(feedback(kNoon + kMinute));
  EXPECT_THAT(out.pairs, SizeIs(3));
  IdShard named;
  ShardOutput of_named;
  story::give(named, prediction(kNoon, 1, 0), context, of_named);
  story::give(named, prediction(kNoon, 1, 1), context, of_named);
  story::give(named, feedback(kNoon + kMinute, 1, 1), kNoTime, context, of_named);
  ASSERT_THAT(of_named.pairs, SizeIs(1));
  EXPECT_EQ(of_named.pairs[0].pair.series, 1U);
}

TEST_F(Join, GivesFeedbackToTheLatestUseOfAnId) {
  tell(prediction(kNoon));
  tell(prediction(kNoon + 2 * kHour));
  tell(feedback(kNoon + 3 * kHour));
  ASSERT_THAT(out.pairs, SizeIs(1));
  EXPECT_EQ(out.pairs[0].pair.prediction_time, kNoon + 2 * kHour);
  EXPECT_EQ(shard.pending(0), 1U);
}

TEST_F(Join, CountsAnIdenticalCopyOnce) {
  tell(prediction(kNoon));
  EXPECT_EQ(tell(prediction(kNoon)), Standing::duplicate);
  EXPECT_EQ(out.series[0].predictions, 1);
  EXPECT_EQ(out.models[0].duplicates, 1);
  EXPECT_THAT(out.replaced, IsEmpty());
  EXPECT_EQ(shard.held(), 1U);
}

TEST_F(Join, ReplacesACopyByTheSmallerOneAndTakesItsPairsBack) {
  tell(prediction(kNoon + kSecond));
  tell(feedback(kNoon + kMinute));
  out.clear();
  EXPECT_EQ(tell(prediction(kNoon)), Standing::counts);
  ASSERT_THAT(out.replaced, SizeIs(1));
  EXPECT_EQ(out.replaced[0].time, kNoon + kSecond);
  EXPECT_EQ(out.replaced[0].cells, story::cells_of(prediction(kNoon + kSecond)));
  ASSERT_THAT(out.pairs, SizeIs(2));
  EXPECT_EQ(out.pairs[0].sign, -1);
  EXPECT_EQ(out.pairs[1].sign, +1);
  EXPECT_EQ(out.pairs[1].pair.prediction_time, kNoon);
  EXPECT_EQ(out.series[0].predictions, 0);
  EXPECT_EQ(out.series[0].matched, 0);
  EXPECT_EQ(out.models[0].duplicates, 1);
}

TEST_F(Join, KeepsTheFirstCopyOnceItsSlotHasClosed) {
  tell(prediction(kNoon + kSecond));
  pass(kNoon + kMinute);
  EXPECT_EQ(tell(prediction(kNoon)), Standing::duplicate);
  EXPECT_THAT(out.replaced, IsEmpty());
}

TEST_F(Join, RestoresACopyWhoseOriginalWasACopyItself) {
  EXPECT_EQ(tell(prediction(kNoon + 100 * kMinute)), Standing::counts);
  EXPECT_EQ(tell(prediction(kNoon + 50 * kMinute)), Standing::counts);
  EXPECT_THAT(out.replaced, SizeIs(1));
  EXPECT_EQ(tell(prediction(kNoon)), Standing::counts);
  ASSERT_THAT(out.restored, SizeIs(1));
  EXPECT_EQ(out.restored[0].time, kNoon + 100 * kMinute);
  EXPECT_EQ(out.series[0].predictions, 2);
  EXPECT_EQ(out.models[0].duplicates, 1);
}

TEST_F(Join, IsBoundToVersionAndVariantForCopies) {
  EXPECT_EQ(tell(prediction(kNoon, 1, 0)), Standing::counts);
  EXPECT_EQ(tell(prediction(kNoon, 1, 1)), Standing::counts);
  EXPECT_EQ(tell(prediction(kNoon, 1, 1, "challenger")), Standing::counts);
}

TEST_F(Join, ExpiresWhatWaitsExactlyAtItsHorizon) {
  tell(prediction(kNoon));
  pass(kNoon + kDay - 1);
  EXPECT_EQ(out.series[0].expired, 0);
  pass(kNoon + kDay);
  EXPECT_EQ(out.series[0].expired, 1);
  EXPECT_EQ(shard.held(), 0U);
}

TEST_F(Join, ExpiresByEachModelsOwnHorizon) {
  const std::vector<Duration> horizons = {kDay, kHour};
  context.label_horizons = horizons;
  tell(prediction(kNoon));
  Prediction other = prediction(kNoon, 1, 10);
  other.model = 1;
  tell(other);
  pass(kNoon + kHour);
  EXPECT_EQ(out.series[10].expired, 1);
  EXPECT_EQ(shard.pending(0), 1U);
}

TEST_F(Join, CountsFeedbackThatExpiresAloneAsUnmatched) {
  tell(feedback(kNoon));
  pass(kNoon + kDay);
  EXPECT_EQ(out.models[0].unmatched, 1);
  EXPECT_EQ(shard.held(), 0U);
}

TEST_F(Join, KeepsAJoinedPredictionForCorrectionsUntilItExpires) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute, 1));
  pass(kNoon + kDay - 1);
  out.clear();
  tell(feedback(kNoon + kDay - 1, 2));
  EXPECT_THAT(out.pairs, SizeIs(2));
  pass(kNoon + 3 * kDay);
  EXPECT_EQ(out.series[0].expired, 0);
  EXPECT_EQ(out.models[0].unmatched, 0);
  EXPECT_EQ(shard.held(), 0U);
}

// Ids of any length count by what they take.
TEST_F(Join, EvictsTheOldestBeyondItsMemory) {
  std::vector<IdShard> shards(kShards);
  std::vector<ShardOutput> outputs(kShards);
  for (int i = 0; i < 100; ++i) {
    Prediction p = prediction(kNoon + static_cast<Time>(i) * kMinute);
    p.id = std::to_string(i) + std::string(10'000, 'x');
    story::give(shards[shard_of(0, p.id)], p, context, outputs[shard_of(0, p.id)]);
  }
  const auto bytes = [&] {
    std::size_t sum = 0;
    for (const IdShard& one : shards) sum += one.bytes();
    return sum;
  };
  EXPECT_GT(bytes(), 1'000'000U);
  EXPECT_EQ(hold_within(shards, {.bytes = 505'000}, context, outputs), JoinBound::bytes);
  EXPECT_LE(bytes(), 505'000U);
  std::int64_t evicted = 0;
  for (const ShardOutput& output : outputs)
    if (output.models.contains(0)) evicted += output.models.at(0).evicted;
  EXPECT_EQ(evicted, 50);
  std::optional<Time> oldest;
  for (const IdShard& one : shards)
    if (const auto time = one.oldest()) oldest = std::min(oldest.value_or(*time), *time);
  EXPECT_EQ(oldest, kNoon + 50 * kMinute);
}

TEST_F(Join, EvictsTheOldestOfAllShards) {
  std::vector<IdShard> shards(kShards);
  std::vector<ShardOutput> outputs(kShards);
  std::vector<std::string> ids;
  for (int i = 0; i < 1000; ++i) ids.push_back("id" + std::to_string((i * 619) % 1000));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Prediction p = prediction(kNoon + static_cast<Time>(i) * kMinute);
    p.id = ids[i];
    story::give(shards[shard_of(0, p.id)], p, context, outputs[shard_of(0, p.id)]);
  }
  EXPECT_EQ(hold_within(shards, {.records = 1000}, context, outputs), JoinBound::none);
  EXPECT_EQ(hold_within(shards, {.records = 100}, context, outputs), JoinBound::records);
  std::int64_t evicted = 0;
  for (ShardOutput& output : outputs) {
    evicted += output.models[0].evicted;
    output.clear();
  }
  EXPECT_EQ(evicted, 900);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    Feedback f = feedback(kNoon + kDay - kHour);
    f.id = ids[i];
    ShardOutput& output = outputs[shard_of(0, f.id)];
    story::give(shards[shard_of(0, f.id)], f, kNoTime, context, output);
    EXPECT_EQ(output.pairs.size(), i < 900 ? 0U : 1U) << i;
    output.clear();
  }
}

TEST_F(Join, DoesNotLetACopyCountInPlaceOfWhatWasEvicted) {
  tell(prediction(kNoon + kMinute));
  tell(prediction(kNoon));  // replaces, and keeps the other as its copy
  ASSERT_EQ(shard.held(), 2U);
  out.clear();
  shard.evict_oldest(context, out);
  EXPECT_EQ(shard.held(), 0U);
  EXPECT_THAT(out.restored, IsEmpty());
  EXPECT_EQ(out.models[0].evicted, 1);
}

TEST_F(Join, RemakesPairsWhenTheReferenceGivesCells) {
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute));
  out.clear();
  ASSERT_TRUE(shard.set_cells({0, 0, "8f1c", "", kNoon}, "cells", context, out));
  ASSERT_THAT(out.pairs, SizeIs(2));
  EXPECT_EQ(out.pairs[0].sign, -1);
  EXPECT_EQ(out.pairs[0].pair.cells, story::cells_of(prediction(kNoon)));
  EXPECT_EQ(out.pairs[1].sign, +1);
  EXPECT_EQ(out.pairs[1].pair.cells, "cells");
  EXPECT_FALSE(shard.set_cells({0, 0, "8f1c", "", kNoon + 1}, "cells", context, out));
  EXPECT_FALSE(shard.set_cells({0, 0, "other", "", kNoon}, "cells", context, out));
}

TEST_F(Join, ForgetsAModelWhole) {
  tell(prediction(kNoon));
  Prediction other = prediction(kNoon, 1, 10);
  other.model = 1;
  tell(other);
  std::map<std::string, std::string> store;
  const auto checkpoint = [&] {
    shard.for_each_dirty([&](std::string_view key, std::optional<std::string_view> value) {
      if (value) {
        store[std::string(key)] = *value;
      } else {
        store.erase(std::string(key));
      }
    });
  };
  checkpoint();
  EXPECT_THAT(store, SizeIs(2));
  shard.forget_model(0);
  EXPECT_EQ(shard.held(), 1U);
  EXPECT_EQ(shard.pending(0), 0U);
  checkpoint();
  EXPECT_THAT(store, SizeIs(1));
  pass(kEndOfTime);
  EXPECT_EQ(shard.held(), 0U);
}

TEST_F(Join, TellsOfEachChangeOnce) {
  std::vector<std::string> told;
  const auto listen = [&] {
    told.clear();
    shard.for_each_dirty([&](std::string_view, std::optional<std::string_view> value) {
      told.emplace_back(value ? "put" : "erase");
    });
  };
  tell(prediction(kNoon));
  tell(feedback(kNoon + kMinute));
  listen();
  EXPECT_THAT(told, ElementsAre("put"));
  listen();
  EXPECT_THAT(told, IsEmpty());
  pass(kEndOfTime);
  context.prediction_clock = context.feedback_clock = kNoon;
  listen();
  EXPECT_THAT(told, ElementsAre("erase"));
  tell(prediction(kNoon));
  pass(kEndOfTime);
  listen();
  EXPECT_THAT(told, IsEmpty()) << "what came and went between two calls needs no word";
}

TEST_F(Join, HoldsItsBoundsForAnIdThatNeverChanges) {
  context.dedupe = 0;
  context.prediction_clock = context.feedback_clock = kNoTime;
  for (int i = 0; i < 3000; ++i) tell(prediction(kNoon + i * kSecond));
  for (int i = 0; i < 3000; ++i) tell(feedback(kNoon + i * kSecond, static_cast<std::uint64_t>(i)));
  EXPECT_LE(shard.held(), 4 * kMostUses);
  context.dedupe = kDay;
  for (int i = 3000; i-- > 0;) tell(prediction(kNoon + i * kSecond, 1, 3));
  EXPECT_LE(shard.held(), 4 * kMostUses + kMostCopies);
  pass(kEndOfTime);
  EXPECT_EQ(shard.held(), 0U);
}

TEST_F(Join, NeedsFewBytesForAPrediction) {
  const Predicted predicted{.label = "good", .value = std::nullopt, .score = .83, .scores = {}};
  const std::string cells(50, 'c');
  constexpr std::size_t kCount = 100000;
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::string id = "0123456789ab-" + std::to_string(i);
    shard.predict({.series = 3,
                   .model = 1,
                   .id = id,
                   .variant = "",
                   .time = kNoon + static_cast<Time>(i) * kSecond,
                   .content_hash = i * 0x9E3779B97F4A7C15ULL,
                   .late = false,
                   .predicted = &predicted,
                   .segments = {},
                   .cells = cells},
                  context, out);
  }
  shard.for_each_dirty([](std::string_view, std::optional<std::string_view>) {});
  constexpr std::size_t kAllocator = 16;  // its own share of a small block
  EXPECT_LT(shard.memory() / kCount + kAllocator, 250U);
}

TEST_F(Join, RefusesStoredBytesThatContradictThemselves) {
  tell(prediction(kNoon));
  tell(prediction(kNoon + 2 * kHour));
  tell(feedback(kNoon + kMinute));
  std::string key;
  std::string value;
  shard.for_each_dirty([&](std::string_view k, std::optional<std::string_view> v) {
    key = k;
    value = *v;
  });
  IdShard fresh;
  EXPECT_TRUE(fresh.restore(key, value).ok());
  EXPECT_EQ(fresh.held(), 3U);
  for (std::size_t size = 0; size < value.size(); ++size) {
    IdShard other;
    if (other.restore(key, value.substr(0, size)).ok()) {
      EXPECT_LT(other.held(), 3U) << "cut between two records";
    } else {
      EXPECT_EQ(other.held(), 0U);
    }
  }
  EXPECT_FALSE(fresh.restore("", value).ok());
}

}  // namespace
}  // namespace driftd::collector
