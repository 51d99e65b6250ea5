#include "storage/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "storage/keys.h"
#include "tests/storage/temporary_directory.h"

namespace driftd::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Slots = std::vector<std::pair<std::int64_t, std::int64_t>>;  // slot, number

Slots slots_of(const Store& store, const HistoryKey& first, std::int64_t end) {
  Slots found;
  EXPECT_TRUE(for_each_slot(store, first, end, [&](std::int64_t slot, std::string_view value) {
    found.emplace_back(slot, number_of(value));
    return true;
  }));
  return found;
}

class History : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteBatch batch;
    for (const std::uint32_t series : {1U, 2U, 0xFFFFFFFFU}) {
      for (const HistoryKind kind : {HistoryKind::prediction, HistoryKind::pair}) {
        for (const std::uint32_t segment : {0U, 9U, 0xFFFFFFFFU}) {
          for (std::int64_t slot = -5; slot < 5; ++slot) {
            batch.add_counts(to_bytes({series, kind, segment, slot}), number(slot));
          }
        }
      }
    }
    ASSERT_TRUE(store_.write(batch));
  }
  Store store_ = std::move(*Store::open_temporary(test_options()));
};

TEST_F(History, GivesTheSlotsOfOneSeriesInTheOrderOfTime) {
  EXPECT_THAT(slots_of(store_, {1, HistoryKind::pair, 9, -2}, 2),
              ElementsAre(std::pair(-2, -2), std::pair(-1, -1), std::pair(0, 0), std::pair(1, 1)));
  EXPECT_THAT(slots_of(store_, {1, HistoryKind::pair, 9, 2}, 2), IsEmpty());
  EXPECT_EQ(slots_of(store_, {1, HistoryKind::pair, 9, std::numeric_limits<std::int64_t>::min()},
                     std::numeric_limits<std::int64_t>::max())
                .size(),
            10U);
}

TEST_F(History, IsCorrectedByAdding) {
  WriteBatch batch;
  batch.add_counts(to_bytes({1, HistoryKind::pair, 0, 3}), number(100));
  ASSERT_TRUE(store_.write(batch));
  EXPECT_THAT(slots_of(store_, {1, HistoryKind::pair, 0, 3}, 4), ElementsAre(std::pair(3, 103)));
}

TEST_F(History, ForgetsOldSlotsOfAllSegmentsAndNothingElse) {
  for (const std::uint32_t series : {1U, 0xFFFFFFFFU}) {
    WriteBatch batch;
    ASSERT_TRUE(forget_slots_before(store_, series, 3, batch));
    ASSERT_TRUE(store_.write(batch));
    for (const HistoryKind kind : {HistoryKind::prediction, HistoryKind::pair}) {
      for (const std::uint32_t segment : {0U, 9U, 0xFFFFFFFFU}) {
        EXPECT_THAT(slots_of(store_, {series, kind, segment, -5}, 5),
                    ElementsAre(std::pair(3, 3), std::pair(4, 4)));
      }
    }
    WriteBatch nothing;
    ASSERT_TRUE(forget_slots_before(store_, series, 3, nothing));
    EXPECT_TRUE(nothing.empty());
  }
  EXPECT_EQ(slots_of(store_, {2, HistoryKind::pair, 0, -5}, 5).size(), 10U);
}

TEST_F(History, ForgetsASeriesWhole) {
  WriteBatch batch;
  forget_series(0xFFFFFFFFU, batch);
  ASSERT_TRUE(store_.write(batch));
  EXPECT_THAT(slots_of(store_, {0xFFFFFFFFU, HistoryKind::pair, 9, -5}, 5), IsEmpty());
  EXPECT_EQ(slots_of(store_, {2, HistoryKind::pair, 9, -5}, 5).size(), 10U);
}

TEST(HistoryKeys, GiveBackWhatTheyWereMadeOf) {
  const HistoryKey key{7, HistoryKind::pair, 0xFFFFFFFFU, -12};
  EXPECT_EQ(parse_history_key(to_bytes(key)), key);
  EXPECT_FALSE(parse_history_key(to_bytes(key) + "x").has_value());
  std::string bytes = to_bytes(key);
  bytes[5] = '\x7';
  EXPECT_FALSE(parse_history_key(bytes).has_value());
}

}  // namespace
}  // namespace driftd::storage
