#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "app/pipeline/open_slot.h"
#include "tests/app/pipeline_plan.h"

namespace driftd::app {
namespace {

std::string bytes_of(const OpenSlot& slot) {
  Encoder out;
  slot.save(out);
  return out.take();
}

// Pieces of one slot, as several lanes have them.
std::vector<OpenSlot> pieces(const Plan& plan) {
  std::vector<OpenSlot> all(6);
  for (int i = 0; i < 60; ++i) {
    OpenSlot& slot = all[static_cast<std::size_t>(i) % all.size()];
    slot.tally(static_cast<std::uint32_t>(i % 3), plan.layout).merge(counted(plan, i % 25, "DE"));
    slot.values.push_back({0, raw_row(i).time, raw_row(i).id, i * 0.5, raw_row(i).hash});
  }
  all[2].withdrawn.push_back({{raw_row(7).time, raw_row(7).id, raw_row(7).hash}, 1});
  all[5].withdrawn.push_back({{raw_row(8).time, raw_row(8).id, raw_row(8).hash}, 1});
  all[0].withdrawn.push_back({{raw_row(8).time, raw_row(8).id, raw_row(8).hash}, -1});
  return all;
}

TEST(OpenSlot, IsTheSameInWhateverOrderItsPiecesMerge) {
  const auto plan = plan_of_rows(50);
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same every time
  std::string first;
  for (int turn = 0; turn < 20; ++turn) {
    auto all = pieces(*plan);
    std::shuffle(all.begin(), all.end(), random);
    OpenSlot merged;
    for (OpenSlot& piece : all) merged.merge(std::move(piece));
    merged.settle();
    if (first.empty()) first = bytes_of(merged);
    EXPECT_EQ(bytes_of(merged), first);
    EXPECT_EQ(merged.tallies[0]->events(), 20);
  }
}

TEST(OpenSlot, LosesWhatWasWithdrawnAndNotPutBack) {
  const auto plan = plan_of_rows(50);
  OpenSlot merged;
  for (OpenSlot& piece : pieces(*plan)) merged.merge(std::move(piece));
  merged.settle();
  const auto holds = [&](int number) {
    return std::any_of(merged.values.begin(), merged.values.end(),
                       [&](const WatchedValue& value) { return value.id == raw_row(number).id; });
  };
  EXPECT_EQ(merged.values.size(), 59U);
  EXPECT_FALSE(holds(7));
  EXPECT_TRUE(holds(8));
}

TEST(OpenSlot, WithdrawsRowsThatWereKeptWhole) {
  OpenSlot slot;
  slot.raw.names = {"age", "country"};
  for (int i = 0; i < 3; ++i) slot.raw.rows.push_back(raw_row(i));
  slot.withdrawn.push_back({{raw_row(1).time, raw_row(1).id, raw_row(1).hash}, 1});
  slot.settle();
  ASSERT_EQ(slot.raw.rows.size(), 2U);
  EXPECT_EQ(slot.raw.rows[1], raw_row(2));
}

TEST(OpenSlot, ComesBackFromItsBytes) {
  const auto plan = plan_of_rows(50);
  OpenSlot merged;
  for (OpenSlot& piece : pieces(*plan)) merged.merge(std::move(piece));
  merged.raw.names = {"age", "country"};
  merged.raw.rows.push_back(raw_row(4));
  const std::string bytes = bytes_of(merged);
  Decoder in(bytes);
  const auto loaded = OpenSlot::load(in, plan->layout);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(bytes_of(*loaded), bytes);
}

TEST(OpenSlot, RefusesCountsWithoutTheirReference) {
  const auto plan = plan_of_rows(50);
  OpenSlot slot;
  slot.tally(0, plan->layout).merge(counted(*plan, 3, "DE"));
  const std::string bytes = bytes_of(slot);
  Decoder in(bytes);
  EXPECT_FALSE(OpenSlot::load(in, nullptr).ok());
}

TEST(OpenSlot, HoldsAColumnToTheValuesWithTheSmallestHashes) {
  OpenSlot forward;
  OpenSlot backward;
  const int many = static_cast<int>(kMostWatchedValues) + 500;
  for (int i = 0; i < many; ++i) forward.values.push_back({0, i, std::to_string(i), 1.0 * i, 1});
  for (int i = many; i-- > 0;) backward.values.push_back({0, i, std::to_string(i), 1.0 * i, 1});
  forward.settle();
  backward.settle();
  EXPECT_EQ(forward.values.size(), kMostWatchedValues);
  EXPECT_EQ(bytes_of(forward), bytes_of(backward));
}

}  // namespace
}  // namespace driftd::app
