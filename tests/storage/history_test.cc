#include "storage/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <random>

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

// What is forgotten gives its disk back: by and by as the engine merges files, at once where it is asked to.
TEST(ForgottenHistory, FreesTheDisk) {
  const TemporaryDirectory directory;
  Result<Store> store = Store::open(directory / "s", test_options());
  ASSERT_TRUE(store);
  const auto size = [&] {
    std::uintmax_t bytes = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory / "s"))
      if (file.is_regular_file()) bytes += file.file_size();
    return bytes;
  };
  std::mt19937_64 random(5);
  std::uintmax_t most = 0;
  constexpr int kRounds = 150, kKept = 10;
  for (int round = 0; round < kRounds; ++round) {  // a megabyte each that does not compress
    WriteBatch batch;
    for (std::uint32_t series = 0; series < 8; ++series) {
      std::string value(1 << 17, '\0');
      for (char& byte : value) byte = static_cast<char>(random());
      batch.put(to_bytes(HistoryKey{.series = series, .slot = round}), value);
      ASSERT_TRUE(forget_slots_before(*store, series, round - kKept, batch));
    }
    ASSERT_TRUE(store->write(batch));
    most = std::max(most, size());
  }
  EXPECT_LT(most, 130U << 20);  // of 150 MB written; up to 64 MB of it are log
  ASSERT_TRUE(store->compact("h", "i"));
  EXPECT_LT(size(), (kKept + 3) * (1U << 20) + (64U << 20));
  store = Store::open_to_read(directory / "s", test_options());
  std::size_t slots = 0;
  ASSERT_TRUE(store->for_each("h", [&](std::string_view, std::string_view) {
    ++slots;
    return true;
  }));
  EXPECT_EQ(slots, 8U * (kKept + 1));
}

}  // namespace
}  // namespace driftd::storage
