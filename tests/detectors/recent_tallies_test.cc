#include "detectors/recent_tallies.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/detectors/tables.h"

namespace driftd::detectors {
namespace {

class RecentTalliesTest : public ::testing::Test {
 protected:
  Tally rows(std::size_t count) {
    Tally tally(layout_);
    const std::vector<std::uint8_t> cells = {kFirstBin};
    const std::vector<std::uint8_t> places = {0};
    for (std::size_t i = 0; i < count; ++i) tally.add(cells, places);
    return tally;
  }
  std::int64_t since(const RecentTallies& recent, std::int64_t slot) {
    Tally out(layout_);
    recent.since(slot, out);
    return out.events();
  }

  Profile profile_ = profile_with({{"x", numbers({1, 2, 3, 4, 5})}});
  std::shared_ptr<const TallyLayout> layout_ =
      std::make_shared<const TallyLayout>(profile_, Side::predictions);
  std::mt19937_64 random_{5};
};

TEST_F(RecentTalliesTest, LosesNothingAndAnswersToAnEighthOfTheTimeThatHasPassed) {
  RecentTallies recent;
  std::map<std::int64_t, std::int64_t> all;
  std::int64_t slot = -1000;
  for (int step = 0; step < 3000; ++step) {
    slot += 1 + static_cast<std::int64_t>(random_() % (step % 500 == 0 ? 700 : 3));
    const std::size_t count = 1 + random_() % 3;
    recent.push(slot, rows(count));
    all[slot] = static_cast<std::int64_t>(count);
    if (step % 50 != 0) continue;
    const auto between = [&](std::int64_t from) {
      std::int64_t sum = 0;
      for (auto it = all.lower_bound(from); it != all.end(); ++it) sum += it->second;
      return sum;
    };
    EXPECT_EQ(since(recent, all.begin()->first - 100'000), between(all.begin()->first));
    for (const std::int64_t age : {0, 1, 3, 9, 40, 300, 2000}) {
      const std::int64_t told = since(recent, slot - age);
      EXPECT_LE(told, between(slot - age - age / 8)) << slot << " " << age;
      EXPECT_GE(told, between(slot - age + age / 8)) << slot << " " << age;
    }
  }
}

TEST_F(RecentTalliesTest, GoesOnTheSameAfterAnySaveAndLoad) {
  RecentTallies kept, moved;
  for (std::int64_t slot = 0; slot < 400; slot += 1 + static_cast<std::int64_t>(random_() % 5)) {
    const Tally tally = rows(1 + random_() % 3);
    kept.push(slot, tally);
    moved.push(slot, tally);
    Encoder out;
    moved.save(out);
    Decoder in(out.bytes());
    auto loaded = RecentTallies::load(layout_, kMinute, in);
    ASSERT_TRUE(loaded.ok());
    ASSERT_TRUE(in.at_end());
    moved = std::move(*loaded);
  }
  Encoder a, b;
  kept.save(a);
  moved.save(b);
  EXPECT_EQ(a.bytes(), b.bytes());
}

TEST_F(RecentTalliesTest, MemoryGrowsWithTheLogarithmOfTime) {
  RecentTallies recent;
  for (std::int64_t slot = 0; slot < 100'000; ++slot) recent.push(slot, rows(1));
  Encoder out;
  recent.save(out);
  EXPECT_LT(out.bytes().size(), 10'000U);
  EXPECT_EQ(since(recent, 0), 100'000);
}

// A label of a regression stakes up to 2^33 units: a day of them is more than anything is ever counted.
TEST_F(RecentTalliesTest, SumsOfBetsAreKeptHoweverLargeTheyGrow) {
  constexpr std::int64_t kStake = -(std::int64_t{1} << 33) * 100'000;
  RecentTallies recent;
  for (std::int64_t slot = 0; slot < 400; ++slot) {
    SparseTally bets;
    bets.entries.push_back({7, {kStake, 0}});
    recent.push(slot, bets.encode());
  }
  Encoder out;
  recent.save(out);
  Decoder in(out.bytes());
  const auto loaded = RecentTallies::load(nullptr, kMinute, in);
  ASSERT_TRUE(loaded.ok());
  const auto sum = SparseTally::decode(loaded->since(0));
  ASSERT_TRUE(sum.ok());
  ASSERT_EQ(sum->entries.size(), 1U);
  EXPECT_EQ(sum->entries[0].count.count, 400 * kStake);
}

TEST_F(RecentTalliesTest, RefusesBytesThatAreNone) {
  RecentTallies recent;
  recent.push(3, rows(2));
  Encoder out;
  recent.save(out);
  for (std::size_t cut = 0; cut < out.bytes().size(); ++cut) {
    const std::string part = out.bytes().substr(0, cut);
    Decoder in(part);
    EXPECT_FALSE(RecentTallies::load(layout_, kMinute, in).ok()) << cut;
  }
}

}  // namespace
}  // namespace driftd::detectors
