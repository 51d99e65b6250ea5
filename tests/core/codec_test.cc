#include "core/codec.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace driftd {
namespace {

TEST(Codec, RestoresEveryValueToTheBit) {
  std::mt19937_64 random(7);
  Encoder out;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 2000; ++i) values.push_back(random() >> (random() % 64));
  for (const auto v : values) {
    out.put_u64(v);
    out.put_i64(static_cast<std::int64_t>(~v));
    out.put_double(std::bit_cast<double>(v));
  }
  out.put_i64(std::numeric_limits<std::int64_t>::min());
  out.put_text("täglich");
  out.put_bool(true);
  Decoder in(out.bytes());
  for (const auto v : values) {
    EXPECT_EQ(in.get_u64(), v);
    EXPECT_EQ(in.get_i64(), static_cast<std::int64_t>(~v));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(in.get_double()), v);
  }
  EXPECT_EQ(in.get_i64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(in.get_text(), "täglich");
  EXPECT_TRUE(in.get_bool());
  EXPECT_TRUE(in.ok() && in.at_end());
}

TEST(Codec, ReadingPastTheEndFailsAndStaysFailed) {
  Decoder in(
      "\x05"
      "ab");
  EXPECT_EQ(in.get_text(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.get_u64(), 0U);
  EXPECT_EQ(in.get_double(), 0);
}

TEST(Codec, RefusesAVarintOfMoreThan64Bits) {
  Decoder in("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02");
  in.get_u64();
  EXPECT_FALSE(in.ok());
}

TEST(Codec, RefusesACountThatTheBytesCannotHold) {
  Encoder out;
  out.put_u64(1'000'000'000);
  Decoder in(out.bytes());
  EXPECT_EQ(in.get_count(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(Seal, AnyFlippedBitIsFound) {
  const std::string sealed = seal("profile", 1, "some payload");
  ASSERT_TRUE(unseal("profile", 1, sealed).ok());
  EXPECT_EQ(unseal("profile", 1, sealed)->payload, "some payload");
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    std::string torn = sealed;
    torn[bit / 8] = static_cast<char>(torn[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(unseal("profile", 1, torn).ok()) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(unseal("profile", 1, sealed.substr(0, size)).ok());
}

TEST(Seal, RefusesAnotherKindAndANewerVersion) {
  EXPECT_FALSE(unseal("tally", 1, seal("profile", 1, "x")).ok());
  EXPECT_FALSE(unseal("profile", 1, seal("profile", 2, "x")).ok());
}

}  // namespace
}  // namespace driftd
