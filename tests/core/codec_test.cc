#include "core/codec.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
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

std::int64_t read_of(std::int64_t stored, bool& good, const std::function<std::int64_t(Decoder&)>& read) {
  Encoder out;
  out.put_i64(stored);
  Decoder in(out.bytes());
  const std::int64_t value = read(in);
  good = in.ok();
  return value;
}

TEST(Codec, ANumberThatIsReckonedWithIsWithinItsBoundsOrAFault) {
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  struct Reading {
    const char* name;
    std::function<std::int64_t(Decoder&)> read;
    std::int64_t least;
    std::int64_t most;
  };
  const std::vector<Reading> readings = {
      {"within", [](Decoder& in) { return in.get_within(-3, 7); }, -3, 7},
      {"amount", [](Decoder& in) { return in.get_amount(); }, -kMostAmount, kMostAmount},
      {"time", [](Decoder& in) { return in.get_time(); }, kLeastTime, kMostTime},
      {"slot", [](Decoder& in) { return in.get_slot(kDay); }, kLeastTime / kDay, kMostTime / kDay},
  };
  for (const Reading& one : readings) {
    bool good = false;
    for (const std::int64_t inside : {one.least, std::int64_t{0}, one.most}) {
      EXPECT_EQ(read_of(inside, good, one.read), inside) << one.name;
      EXPECT_TRUE(good) << one.name;
    }
    for (const std::int64_t outside : {one.least - 1, one.most + 1, kLeast, kMost}) {
      EXPECT_EQ(read_of(outside, good, one.read), 0) << one.name;
      EXPECT_FALSE(good) << one.name << " " << outside;
    }
  }
}

TEST(Codec, BoundsThatNothingMeetsAreAFault) {
  bool good = true;
  EXPECT_EQ(read_of(5, good, [](Decoder& in) { return in.get_within(6, 5); }), 6);
  EXPECT_FALSE(good);
}

TEST(Codec, ATimeOrASlotThatIsNotKnownIsReadWhereItMayBe) {
  bool good = false;
  EXPECT_EQ(read_of(kNoTime, good, [](Decoder& in) { return in.get_time_or_none(); }), kNoTime);
  EXPECT_TRUE(good);
  EXPECT_EQ(read_of(kNoSlot, good, [](Decoder& in) { return in.get_slot_or_none(kHour); }), kNoSlot);
  EXPECT_TRUE(good);
  read_of(kNoSlot + 1, good, [](Decoder& in) { return in.get_slot_or_none(kHour); });
  EXPECT_FALSE(good);
  read_of(kEndOfTime, good, [](Decoder& in) { return in.get_time_or_none(); });
  EXPECT_FALSE(good);
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
