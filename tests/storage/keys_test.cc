#include "storage/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

namespace driftd::storage {
namespace {

const std::vector<std::string> kTexts = {"",
                                         std::string(1, '\0'),
                                         std::string("\0\1", 2),
                                         std::string("\0\xFF", 2),
                                         "a",
                                         std::string("a\0", 2),
                                         std::string("a\0b", 3),
                                         "ab",
                                         "b",
                                         "\xFF",
                                         "\xFF\xFF"};

TEST(Keys, TextsSortAsTheirBytesAndNoneIsAPrefixOfAnother) {
  for (const std::string& a : kTexts) {
    for (const std::string& b : kTexts) {
      const std::string key_a = Key(Table::offsets).text(a).bytes();
      const std::string key_b = Key(Table::offsets).text(b).bytes();
      EXPECT_EQ(a < b, key_a < key_b);
      EXPECT_EQ(a == b, key_b.starts_with(key_a));
    }
  }
}

TEST(Keys, IntegersSortAsTheirValues) {
  std::vector<std::int64_t> values = {std::numeric_limits<std::int64_t>::min(), -256, -1, 0, 1, 255, 256,
                                      std::numeric_limits<std::int64_t>::max()};
  for (const std::int64_t a : values) {
    for (const std::int64_t b : values) {
      EXPECT_EQ(a < b, Key(Table::meta).i64(a).bytes() < Key(Table::meta).i64(b).bytes());
    }
  }
}

TEST(Keys, GiveBackWhatTheyWereMadeOf) {
  for (const std::string& text : kTexts) {
    const auto parsed = parse_partition_key(Table::lanes, lane_key(text, 7));
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->topic, text);
    EXPECT_EQ(parsed->partition, 7);
    const std::string bytes = join_key(63, text);
    const auto join = parse_join_key(bytes);
    ASSERT_TRUE(join.has_value());
    EXPECT_EQ(join->shard, 63U);
    EXPECT_EQ(join->record, text);
  }
  EXPECT_EQ(parse_registry_key(registry_key(4'000'000'000U)), 4'000'000'000U);
}

TEST(Keys, OfOtherTablesOrLengthsAreNotTaken) {
  EXPECT_FALSE(parse_partition_key(Table::offsets, lane_key("t", 0)).has_value());
  EXPECT_FALSE(parse_partition_key(Table::lanes, lane_key("t", 0) + "x").has_value());
  EXPECT_FALSE(parse_registry_key("").has_value());
  EXPECT_FALSE(parse_registry_key("r\1\2").has_value());
  EXPECT_FALSE(parse_join_key("j\1").has_value());
}

TEST(Keys, ReaderSurvivesAnyBytes) {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes(random() % 12, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 4 == 0 ? random() : random() % 2);
    if (!bytes.empty()) bytes[0] = static_cast<char>(Table::offsets);
    if (const auto parsed = parse_partition_key(Table::offsets, bytes)) {
      EXPECT_EQ(offset_key(parsed->topic, parsed->partition), bytes);
    }
  }
}

TEST(Keys, EndOfPrefixIsTheLeastKeyBehindIt) {
  EXPECT_EQ(end_of_prefix("a"), "b");
  EXPECT_EQ(end_of_prefix("a\xFF\xFF"), "b");
  EXPECT_EQ(end_of_prefix("\xFF"), "");
  EXPECT_EQ(end_of_prefix(""), "");
  EXPECT_GT(end_of_prefix("a\xFF"), std::string("a\xFF") + std::string(9, '\xFF'));
}

}  // namespace
}  // namespace driftd::storage
