#include "collector/clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

#include "topic_roles.h"

namespace driftd::collector {
namespace {

constexpr ClockOptions kOptions{
    .slot = kMinute, .lateness = 30 * kSecond, .idle_after = kMinute, .max_skew = kHour};

Clocks clocks_of(std::initializer_list<unsigned> roles, const ClockOptions& options = kOptions) {
  Clocks clocks(options);
  std::int32_t number = 0;
  for (const unsigned role : roles) clocks.add({"topic", number++, role}, 0);
  return clocks;
}

TEST(Watermark, IsTheLargestTimeLessLateness) {
  Clocks clocks = clocks_of({kPredictions});
  EXPECT_EQ(clocks.watermark(0), kNoTime);
  clocks.observe(0, kHour);
  clocks.observe(0, 10 * kMinute);
  EXPECT_EQ(clocks.watermark(0), kHour - 30 * kSecond);
}

TEST(Late, IsBehindItsOwnPartition) {
  Clocks clocks = clocks_of({kPredictions, kPredictions});
  clocks.observe(0, kHour);
  EXPECT_TRUE(clocks.is_late(0, kHour - 30 * kSecond - 1));
  EXPECT_FALSE(clocks.is_late(0, kHour - 30 * kSecond));
  EXPECT_FALSE(clocks.is_late(1, 0));
}

TEST(Late, IsInASlotThatIsClosed) {
  Clocks clocks = clocks_of({kPredictions, kPredictions});
  clocks.observe(0, kHour + 30 * kSecond);
  clocks.report(1, false, true, 0);
  clocks.advance(kMinute);  // partition 1 is idle: the clock stands at one hour
  ASSERT_EQ(clocks.prediction_clock(), kHour);
  EXPECT_TRUE(clocks.is_late(1, kHour - 1));
  EXPECT_FALSE(clocks.is_late(1, kHour));
}

TEST(Clock, IsTheSmallestOfTheActive) {
  Clocks clocks = clocks_of({kPredictions, kPredictions, kModels, kFeedback});
  clocks.observe(0, 3 * kHour);
  clocks.observe(1, 2 * kHour);
  clocks.observe(3, kHour);
  clocks.advance(0);
  EXPECT_EQ(clocks.prediction_clock(), kNoTime) << "the models' partition has said nothing yet";
  clocks.finish(2);
  clocks.advance(0);
  EXPECT_EQ(clocks.prediction_clock(), 2 * kHour - 30 * kSecond);
  EXPECT_EQ(clocks.feedback_clock(), kHour - 30 * kSecond);
}

TEST(Clock, OfFeedbackFollowsPredictionsWhileNoFeedbackIsActive) {
  Clocks clocks = clocks_of({kPredictions, kFeedback});
  clocks.observe(0, 3 * kHour);
  clocks.observe(1, kHour);
  clocks.finish(1);
  clocks.advance(0);
  EXPECT_EQ(clocks.feedback_clock(), clocks.prediction_clock());
}

TEST(Clock, OfFeedbackGoesOnAloneWhenPredictionsHaveEnded) {
  Clocks clocks = clocks_of({kPredictions, kFeedback});
  clocks.observe(0, 3 * kHour);
  clocks.observe(1, 5 * kHour);
  clocks.advance(0);
  EXPECT_EQ(clocks.feedback_clock(), 3 * kHour - 30 * kSecond);
  clocks.finish(0);
  clocks.advance(0);
  EXPECT_EQ(clocks.prediction_clock(), 3 * kHour - 30 * kSecond);
  EXPECT_EQ(clocks.feedback_clock(), 5 * kHour - 30 * kSecond);
}

TEST(Clock, IsTheLargestWhenNoneIsActive) {
  Clocks clocks = clocks_of({kPredictions, kPredictions, kFeedback});
  clocks.observe(0, kHour);
  clocks.observe(1, 2 * kHour);
  clocks.observe(2, 4 * kHour);
  for (const std::uint32_t p : {0U, 1U, 2U}) clocks.finish(p);
  clocks.advance(0);
  EXPECT_EQ(clocks.prediction_clock(), 2 * kHour - 30 * kSecond);
  EXPECT_EQ(clocks.feedback_clock(), 4 * kHour - 30 * kSecond);
  EXPECT_TRUE(clocks.all_finished());
  EXPECT_TRUE(clocks.predictions_idle());
}

TEST(Clock, NeverFallsWhenAPartitionWakesUp) {
  Clocks clocks = clocks_of({kPredictions, kPredictions});
  clocks.observe(0, 3 * kHour);
  clocks.report(1, false, true, 0);
  clocks.advance(kMinute);
  const Time before = clocks.prediction_clock();
  clocks.observe(1, kHour);
  clocks.report(1, true, true, 2 * kMinute);
  clocks.advance(2 * kMinute);
  EXPECT_FALSE(clocks.idle(1));
  EXPECT_EQ(clocks.prediction_clock(), before);
}

TEST(Idle, NeedsBothSilenceAndNothingUnread) {
  Clocks clocks = clocks_of({kPredictions, kPredictions, kPredictions});
  clocks.report(0, true, true, 30 * kSecond);
  clocks.report(1, true, false, 0);
  clocks.report(2, false, true, 0);
  clocks.advance(kMinute);
  EXPECT_FALSE(clocks.idle(0)) << "a record came 30 s ago";
  EXPECT_FALSE(clocks.idle(1)) << "has unread records, or an unknown end";
  EXPECT_TRUE(clocks.idle(2));
}

TEST(Idle, ComesNoSoonerAndNoLaterBecauseTheClockWasSet) {
  for (const Duration by : {kHour, -kHour}) {
    Clocks clocks = clocks_of({kPredictions});
    clocks.report(0, true, true, kDay);
    clocks.clock_was_set(by);
    clocks.advance(kDay + by + kMinute - 1);
    EXPECT_FALSE(clocks.idle(0));
    clocks.advance(kDay + by + kMinute);
    EXPECT_TRUE(clocks.idle(0));
  }
}

TEST(Idle, IsNeverOneThatIsPaused) {
  Clocks clocks = clocks_of({kPredictions, kPredictions});
  clocks.observe(0, 10 * kHour);
  clocks.observe(1, kHour);
  clocks.report(0, true, true, 0);
  clocks.report(1, true, false, 0);
  clocks.advance(0);
  ASSERT_TRUE(clocks.paused(0));
  clocks.advance(10 * kMinute);
  EXPECT_FALSE(clocks.idle(0));
  clocks.observe(1, 10 * kHour);
  clocks.advance(11 * kMinute);
  ASSERT_FALSE(clocks.paused(0));
  clocks.advance(11 * kMinute + 30 * kSecond);
  EXPECT_FALSE(clocks.idle(0)) << "its silence counts from the end of the pause";
  clocks.advance(12 * kMinute);
  EXPECT_TRUE(clocks.idle(0));
}

TEST(Skew, PausesWhoIsTooFarAheadOfTheOthers) {
  Clocks clocks = clocks_of({kPredictions, kPredictions, kFeedback});
  clocks.observe(0, 10 * kHour);
  clocks.observe(1, 9 * kHour);
  clocks.observe(2, 9 * kHour - 1);
  clocks.advance(0);
  EXPECT_TRUE(clocks.paused(0)) << "one microsecond more than an hour";
  EXPECT_FALSE(clocks.paused(1));
  EXPECT_FALSE(clocks.paused(2)) << "the smallest is never ahead of the others";
  clocks.observe(2, 9 * kHour);
  clocks.advance(0);
  EXPECT_FALSE(clocks.paused(0));
}

TEST(Skew, PausesNobodyForTheIdleAndTheFinished) {
  Clocks clocks = clocks_of({kPredictions, kPredictions, kFeedback});
  clocks.observe(0, 10 * kHour);
  clocks.observe(1, kHour);
  clocks.observe(2, kHour);
  clocks.finish(1);
  clocks.report(0, true, false, kMinute);
  clocks.report(2, false, true, 0);
  clocks.advance(kMinute);
  EXPECT_FALSE(clocks.paused(0));
}

TEST(Skew, WaitsForTheFirstEventOfWhoHasUnreadRecords) {
  Clocks clocks = clocks_of({kPredictions, kFeedback});
  clocks.observe(0, kHour);
  clocks.report(1, false, false, 0);
  clocks.advance(0);
  EXPECT_TRUE(clocks.paused(0));
  clocks.report(1, false, true, 0);
  clocks.advance(0);
  EXPECT_FALSE(clocks.paused(0)) << "an empty topic of feedback holds nobody back";
}

TEST(Skew, IsASlotAmongPredictionsWhileTooMuchWaitsForSlotsToClose) {
  Clocks clocks = clocks_of({kPredictions, kPredictions, kFeedback});
  clocks.observe(0, 10 * kHour + kMinute);
  clocks.observe(1, 10 * kHour);
  clocks.observe(2, 9 * kHour + 2 * kMinute);
  clocks.hold_close(true);
  clocks.advance(0);
  EXPECT_FALSE(clocks.paused(0)) << "no more than a slot";
  clocks.observe(0, 10 * kHour + kMinute + 1);
  clocks.advance(0);
  EXPECT_TRUE(clocks.paused(0));
  EXPECT_TRUE(clocks.held_close());
  EXPECT_FALSE(clocks.paused(1)) << "feedback closes no slot of predictions";
  EXPECT_FALSE(clocks.paused(2));
  clocks.report(0, false, true, 0);
  clocks.report(1, true, false, 0);
  clocks.advance(2 * kMinute);
  EXPECT_FALSE(clocks.idle(0)) << "one that is paused is not silent";
  clocks.hold_close(false);
  clocks.advance(2 * kMinute);
  EXPECT_FALSE(clocks.paused(0));
  EXPECT_FALSE(clocks.held_close());
}

TEST(Clock, ModelEventsMoveOnlyTopicsOfModels) {
  EXPECT_TRUE(Clocks::model_event_moves_watermark(kModels));
  EXPECT_TRUE(Clocks::model_event_moves_watermark(kModels | kPredictions));
  EXPECT_FALSE(Clocks::model_event_moves_watermark(kPredictions | kFeedback));
}

TEST(Clock, GoesOnAfterARestartByTopicAndNumber) {
  Clocks before(kOptions);
  before.add({"a", 0, kPredictions}, 0);
  before.add({"b", 3, kFeedback}, 0);
  before.observe(0, 2 * kHour);
  before.observe(1, kHour);
  before.advance(0);
  Encoder out;
  before.save(out);
  Decoder in(out.bytes());
  Result<Clocks> after = Clocks::load(in, kOptions);
  ASSERT_TRUE(after.ok());
  EXPECT_TRUE(in.at_end());
  after->add({"b", 3, kFeedback}, 0);
  after->add({"c", 0, kPredictions}, 0);
  EXPECT_EQ(after->watermark(0), before.watermark(1));
  EXPECT_EQ(after->watermark(1), kNoTime);
  EXPECT_EQ(after->prediction_clock(), before.prediction_clock());
  EXPECT_EQ(after->feedback_clock(), before.feedback_clock());
  Encoder again;  // partition a/0 is not here now, and is still remembered
  after->save(again);
  EXPECT_EQ(again.bytes(), out.bytes());
}

TEST(Clock, RefusesBytesThatAreCutShort) {
  Clocks clocks = clocks_of({kPredictions, kFeedback});
  clocks.observe(0, kHour);
  clocks.observe(1, kHour);
  Encoder out;
  clocks.save(out);
  for (std::size_t size = 0; size < out.bytes().size(); ++size) {
    Decoder in(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(Clocks::load(in, kOptions).ok()) << size;
  }
}

// DESIGN 7.2 said again, slowly, from everything that ever happened.
struct Story {
  struct Partition {
    unsigned roles = 0;
    std::vector<Time> times;
    Time heard = 0;
    bool caught_up = false;
    bool idle = false;
    bool finished = false;
    bool paused = false;
  };
  std::vector<Partition> partitions;
  Time prediction_clock = kNoTime;
  Time feedback_clock = kNoTime;

  static Time watermark(const Partition& p) {
    if (p.times.empty()) return kNoTime;
    return *std::max_element(p.times.begin(), p.times.end()) - kOptions.lateness;
  }
  std::vector<Time> marks(unsigned roles, bool only_active) const {
    std::vector<Time> out;
    for (const Partition& p : partitions) {
      if ((p.roles & roles) != 0 && !(only_active && (p.idle || p.finished))) out.push_back(watermark(p));
    }
    return out;
  }
  void advance(Time now) {
    for (Partition& p : partitions) {
      if (p.paused) p.heard = now;
      p.idle = !p.paused && p.caught_up && now >= p.heard + kOptions.idle_after;
    }
    const auto smallest = [](const std::vector<Time>& v) { return *std::min_element(v.begin(), v.end()); };
    const auto largest = [](const std::vector<Time>& v) {
      return v.empty() ? kNoTime : *std::max_element(v.begin(), v.end());
    };
    const std::vector<Time> active = marks(kPredictions | kModels, true);
    const Time prediction = active.empty() ? largest(marks(kPredictions | kModels, false)) : smallest(active);
    prediction_clock = std::max(prediction_clock, prediction);
    std::vector<Time> judges = marks(kFeedback, true);
    if (!active.empty()) judges.push_back(prediction_clock);
    feedback_clock = std::max(feedback_clock, judges.empty() ? largest(marks(~0U, false)) : smallest(judges));
    for (Partition& p : partitions) {
      bool paused = false;
      for (const Partition& q : partitions) {
        if (&q == &p || q.idle || q.finished || p.finished || p.times.empty()) continue;
        if (q.times.empty()) {
          paused = paused || !q.caught_up;
        } else {
          paused = paused || watermark(p) - watermark(q) > kOptions.max_skew;
        }
      }
      p.paused = paused;
    }
  }
};

TEST(Clock, AgreesWithTheDefinitionOnRandomStories) {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  for (int trial = 0; trial < 400; ++trial) {
    Clocks clocks(kOptions);
    Story story;
    Time now = 0;
    for (int step = 0; step < 120; ++step) {
      now += static_cast<Time>(below(20)) * kSecond;
      if (story.partitions.size() < 5 && (story.partitions.empty() || below(20) == 0)) {
        const auto roles = static_cast<unsigned>(1 + below(7));
        clocks.add({"t", static_cast<std::int32_t>(story.partitions.size()), roles}, now);
        story.partitions.push_back({.roles = roles, .times = {}, .heard = now});
      }
      const auto at = static_cast<std::uint32_t>(below(story.partitions.size()));
      Story::Partition& p = story.partitions[at];
      if (!p.finished) {
        const bool came = below(3) != 0;
        if (came) {
          const Time time = static_cast<Time>(below(3) * 20 + static_cast<std::uint64_t>(step)) * kMinute;
          const bool behind = !p.times.empty() && time < Story::watermark(p);
          const bool closed = slot_end(slot_of(time, kMinute), kMinute) <= story.prediction_clock;
          ASSERT_EQ(clocks.is_late(at, time), behind || closed);
          clocks.observe(at, time);
          p.times.push_back(time);
          p.heard = now;
        }
        p.caught_up = below(2) == 0;
        clocks.report(at, came, p.caught_up, now);
        if (below(60) == 0) {
          p.finished = true;
          clocks.finish(at);
        }
      }
      clocks.advance(now);
      story.advance(now);
      ASSERT_EQ(clocks.prediction_clock(), story.prediction_clock) << trial << ' ' << step;
      ASSERT_EQ(clocks.feedback_clock(), story.feedback_clock) << trial << ' ' << step;
      for (std::uint32_t i = 0; i < story.partitions.size(); ++i) {
        ASSERT_EQ(clocks.paused(i), story.partitions[i].paused) << trial << ' ' << step << ' ' << i;
        ASSERT_EQ(clocks.idle(i), story.partitions[i].idle) << trial << ' ' << step << ' ' << i;
      }
    }
  }
}

}  // namespace
}  // namespace driftd::collector
