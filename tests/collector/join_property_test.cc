// The shard, told the same events in random orders across partitions, with restarts in between, says in
// sum what the slow definition says of the whole set.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "collector/clock.h"
#include "tests/collector/join_story.h"

namespace driftd::collector {
namespace {

using story::Feedback;
using story::Prediction;

struct Setting {
  Duration dedupe = 10 * kMinute;
  Duration horizon = 2 * kHour;
  Duration span = 6 * kHour;
  Duration lateness = 2 * kMinute;
  int ids = 12;
  int predictions = 150;
  int feedback = 120;
};

using Happening = std::variant<Prediction, Feedback>;

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  Time time(Duration span) {
    return static_cast<Time>(below(static_cast<std::uint64_t>(span / kSecond))) * kSecond;
  }

 private:
  std::mt19937_64 engine_;
};

Prediction random_prediction(Random& random, const Setting& setting) {
  Prediction p;
  p.model = static_cast<std::uint32_t>(random.below(2));
  p.series = p.model * 10 + static_cast<std::uint32_t>(random.below(2));
  p.id = "id" + std::to_string(random.below(static_cast<std::uint64_t>(setting.ids)));
  p.variant = random.below(4) == 0 ? "challenger" : "";
  p.time = random.time(setting.span);
  p.hash = random.below(3);
  return p;
}

Feedback random_feedback(Random& random, const Setting& setting) {
  Feedback f;
  f.model = static_cast<std::uint32_t>(random.below(2));
  if (random.below(3) == 0) f.series = f.model * 10 + static_cast<std::uint32_t>(random.below(2));
  f.id = "id" + std::to_string(random.below(static_cast<std::uint64_t>(setting.ids)));
  f.time = random.time(setting.span);
  f.hash = random.below(3);
  return f;
}

Time time_of(const Happening& happening) {
  return std::visit([](const auto& event) { return event.time; }, happening);
}

// Partitions of their own events, none of which is behind its partition's watermark when it comes.
std::vector<std::vector<Happening>> deal(Random& random, const std::vector<Happening>& events,
                                         std::size_t partitions, Duration lateness) {
  std::vector<std::vector<std::pair<Time, Happening>>> dealt(partitions);
  for (const Happening& event : events) {
    // predictions to the first half, feedback to the second, some to one that has both
    const std::size_t half = partitions / 2;
    std::size_t to =
        std::holds_alternative<Prediction>(event) ? random.below(half) : half + random.below(half);
    if (random.below(6) == 0) to = partitions - 1;
    dealt[to].emplace_back(time_of(event) + random.time(lateness + kSecond), event);
  }
  std::vector<std::vector<Happening>> out(partitions);
  for (std::size_t p = 0; p < partitions; ++p) {
    std::stable_sort(dealt[p].begin(), dealt[p].end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [order, event] : dealt[p]) out[p].push_back(std::move(event));
  }
  return out;
}

// One run of the shard over one interleaving.
class Run {
 public:
  Run(const Setting& setting, std::vector<std::vector<Happening>> partitions)
      : setting_(setting), partitions_(std::move(partitions)), next_(partitions_.size()), clocks_(options()) {
    for (std::size_t p = 0; p < partitions_.size(); ++p) clocks_.add(info(p), 0);
  }

  story::Truth go(Random& random, bool restarts) {
    std::size_t left = 0;
    for (const auto& partition : partitions_) left += partition.size();
    while (left > 0) {
      const std::size_t p = random.below(partitions_.size());
      for (std::size_t burst = 1 + random.below(12); burst > 0 && next_[p] < partitions_[p].size(); --burst) {
        tell(p, partitions_[p][next_[p]++]);
        --left;
      }
      if (next_[p] == partitions_[p].size()) clocks_.finish(static_cast<std::uint32_t>(p));
      if (random.below(3) == 0) end_round();
      if (restarts && random.below(15) == 0) restart();
    }
    end_round();
    const JoinContext end = context(kEndOfTime, kEndOfTime);
    shard_.expire(end, out_);
    listener_.take(out_, end);
    EXPECT_EQ(shard_.held(), 0U);
    EXPECT_TRUE(shard_.pending().empty());
    checkpoint();
    EXPECT_TRUE(store_.empty());
    return listener_.sum();
  }

 private:
  [[nodiscard]] ClockOptions options() const {
    return {.slot = kMinute, .lateness = setting_.lateness, .idle_after = kMinute, .max_skew = kHour};
  }
  [[nodiscard]] PartitionInfo info(std::size_t p) const {
    unsigned roles =
        static_cast<unsigned>(p < partitions_.size() / 2 ? TopicRole::predictions : TopicRole::feedback);
    if (p == partitions_.size() - 1) roles = TopicRole::predictions | TopicRole::feedback;
    return {"topic", static_cast<std::int32_t>(p), roles};
  }
  [[nodiscard]] JoinContext context(Time prediction_clock, Time feedback_clock) const {
    return {.prediction_clock = prediction_clock,
            .feedback_clock = feedback_clock,
            .slot = kMinute,
            .dedupe = setting_.dedupe,
            .label_horizon = setting_.horizon,
            .label_horizons = {}};
  }
  [[nodiscard]] JoinContext now() const {
    return context(clocks_.prediction_clock(), clocks_.feedback_clock());
  }

  void tell(std::size_t p, const Happening& event) {
    const auto partition = static_cast<std::uint32_t>(p);
    ASSERT_GE(time_of(event), clocks_.watermark(partition));
    if (const auto* prediction = std::get_if<Prediction>(&event)) {
      ASSERT_FALSE(clocks_.is_late(partition, prediction->time));
      listener_.heard(*prediction, story::give(shard_, *prediction, now(), out_));
    } else {
      story::give(shard_, std::get<Feedback>(event), clocks_.watermark(partition), now(), out_);
    }
    clocks_.observe(partition, time_of(event));
  }
  void end_round() {
    listener_.take(out_, now());
    clocks_.advance(0);
    shard_.expire(now(), out_);
    listener_.take(out_, now());
  }
  void checkpoint() {
    shard_.for_each_dirty([&](std::string_view key, std::optional<std::string_view> value) {
      if (value) {
        store_[std::string(key)] = *value;
      } else {
        ASSERT_EQ(store_.erase(std::string(key)), 1U);
      }
    });
  }
  void restart() {
    checkpoint();
    IdShard fresh;
    for (const auto& [key, value] : store_) ASSERT_TRUE(fresh.restore(key, value).ok());
    ASSERT_EQ(fresh.held(), shard_.held());
    ASSERT_EQ(fresh.pending(), shard_.pending());
    shard_ = std::move(fresh);
  }

  Setting setting_;
  std::vector<std::vector<Happening>> partitions_;
  std::vector<std::size_t> next_;
  Clocks clocks_;
  IdShard shard_;
  ShardOutput out_;
  story::Listener listener_;
  std::map<std::string, std::string> store_;
};

void expect_same(const story::Truth& said, const story::Truth& truth) {
  EXPECT_EQ(said.rows, truth.rows);
  EXPECT_EQ(said.history.size(), truth.history.size());
  EXPECT_TRUE(said.history == truth.history);
  EXPECT_TRUE(said.evidence == truth.evidence);
  EXPECT_EQ(said.delays, truth.delays);
  const auto without_zeros = [](std::map<std::uint32_t, std::int64_t> counts) {
    std::erase_if(counts, [](const auto& count) { return count.second == 0; });
    return counts;
  };
  EXPECT_EQ(without_zeros(said.predictions), without_zeros(truth.predictions));
  EXPECT_EQ(without_zeros(said.matched), without_zeros(truth.matched));
  EXPECT_EQ(without_zeros(said.expired), without_zeros(truth.expired));
  EXPECT_EQ(without_zeros(said.duplicates), without_zeros(truth.duplicates));
  EXPECT_EQ(without_zeros(said.unmatched), without_zeros(truth.unmatched));
}

void try_setting(const Setting& setting) {
  const std::uint64_t seeds = std::getenv("DRIFTD_FULL") != nullptr ? 1000 : 15;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Random random(seed);
    std::vector<Prediction> predictions;
    std::vector<Feedback> feedback;
    for (int i = 0; i < setting.predictions; ++i) {
      const bool again = !predictions.empty() && random.below(8) == 0;  // a producer that retried
      predictions.push_back(again ? predictions[random.below(predictions.size())]
                                  : random_prediction(random, setting));
    }
    for (int i = 0; i < setting.feedback; ++i) {
      const bool again = !feedback.empty() && random.below(8) == 0;
      feedback.push_back(again ? feedback[random.below(feedback.size())] : random_feedback(random, setting));
    }
    std::vector<Happening> events(predictions.begin(), predictions.end());
    events.insert(events.end(), feedback.begin(), feedback.end());
    const story::Truth truth = story::tell(predictions, feedback, setting.dedupe, setting.horizon);
    for (const std::size_t partitions : {2U, 4U, 10U}) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", partitions " + std::to_string(partitions));
      Run run(setting, deal(random, events, partitions, setting.lateness));
      expect_same(run.go(random, partitions != 2), truth);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(JoinAnyOrder, SaysTheSame) { try_setting({}); }

TEST(JoinAnyOrder, SaysTheSameOfIdsThatAreUsedAgainAndAgain) {
  try_setting({.dedupe = 20 * kMinute, .ids = 2, .predictions = 60, .feedback = 60});
}

TEST(JoinAnyOrder, SaysTheSameWhereLabelsExpireBeforeCopies) {
  try_setting({.dedupe = kHour, .horizon = 20 * kMinute, .ids = 4});
}

TEST(JoinAnyOrder, SaysTheSameWithoutLatenessOrDedupe) {
  try_setting({.dedupe = 0, .lateness = 0, .ids = 30});
}

TEST(JoinAnyOrder, SaysTheSameWhereCopiesFormChains) {
  try_setting({.dedupe = kHour,
               .horizon = 3 * kHour,
               .span = 4 * kHour,
               .ids = 1,
               .predictions = 40,
               .feedback = 40});
}

}  // namespace
}  // namespace driftd::collector
