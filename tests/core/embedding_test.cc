#include "core/embedding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace driftd {
namespace {

using testing::ElementsAre;

std::vector<float> items_of(std::string_view text) {
  std::vector<float> items = {7};
  return read_items(text, items) ? items : std::vector<float>{};
}

TEST(Embedding, ItemsAreSinglePrecisionNumbers) {
  EXPECT_THAT(items_of("[1,-2.5,3e2]"), ElementsAre(1.F, -2.5F, 300.F));
  EXPECT_THAT(items_of("[ 0.1 ,\n\t0 ]"), ElementsAre(0.1F, 0.F));
  EXPECT_THAT(items_of("[0.12345678901234567]"), ElementsAre(static_cast<float>(0.12345678901234567)));
  EXPECT_THAT(items_of("[3.4028234663852886e38]"), ElementsAre(std::numeric_limits<float>::max()));
}

TEST(Embedding, WhatIsNoNumberIsRefused) {
  for (const char* text : {"", "[]", "[1,null]", "[1,\"2\"]", "[true]", "[[1,2]]", "[{}]", "[1e39]",
                           "[-1e39]", "[1e999]", "[nan]", "[inf]", "[1", "[1,", "{\"a\":1}", "1", "[1 2]"}) {
    EXPECT_TRUE(items_of(text).empty()) << text;
    EXPECT_EQ(count_items(text), 0U) << text;
    EXPECT_EQ(pack_items(text), "") << text;
  }
}

TEST(Embedding, PackedItemsAreTheSame) {
  const std::string text = "[0.1,-7,1e-40,12345678.9]";
  const std::string packed = pack_items(text);
  EXPECT_EQ(packed.size(), 1 + 4 * sizeof(float));
  EXPECT_EQ(items_of(packed), items_of(text));
  EXPECT_EQ(pack_items(packed), packed);
  EXPECT_EQ(count_items(packed), 4U);
  EXPECT_EQ(count_items(packed.substr(0, packed.size() - 1)), 0U);
}

TEST(Embedding, LengthIsBounded) {
  std::string most = "[0";
  for (std::size_t i = 1; i < kMostItems; ++i) most += ",1";
  EXPECT_EQ(count_items(most + "]"), kMostItems);
  EXPECT_EQ(count_items(most + ",1]"), 0U);
  const std::string packed = pack_items(most + "]");
  EXPECT_EQ(count_items(packed), kMostItems);
  EXPECT_EQ(count_items(packed + packed.substr(1, sizeof(float))), 0U);
}

}  // namespace
}  // namespace driftd
