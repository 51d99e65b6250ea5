#include "core/time.h"

#include <gtest/gtest.h>

namespace driftd {
namespace {

// Expected microseconds are Python's datetime.fromisoformat(...).timestamp() * 1e6.
TEST(Rfc3339, ReadsZonesAndFractions) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2026-11-20T08:00:00.250Z"), 1795161600250000);
  EXPECT_EQ(parse_rfc3339("2026-11-20T09:00:00.25+01:00"), 1795161600250000);
  EXPECT_EQ(parse_rfc3339("1996-05-07t00:00:00z"), 831427200000000);
  EXPECT_EQ(parse_rfc3339("2024-02-29T23:59:60Z"), 1709251200000000);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59.999999Z"), -1);
  EXPECT_EQ(parse_rfc3339("2026-01-01T00:00:00.123456789Z"), 1767225600123456);
}

TEST(Rfc3339, RefusesWhatIsNoTimeWithZone) {
  for (const char* text :
       {"", "2026-11-20", "2026-11-20T08:00:00", "2026-13-20T08:00:00Z", "2026-02-29T08:00:00Z",
        "2026-11-20T24:00:00Z", "2026-11-20T08:00:00.Z", "2026-11-20T08:00:00+1:00", "2026-11-20T08:00:00Zx",
        "0000-01-01T00:00:00Z", "20261120T080000Z", "2026-11-20T08:61:00Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Rfc3339, ReadsBackWhatItWrites) {
  Time time = kEarliestTime;
  for (int i = 0; i < 200000; ++i, time += 1579812345678LL) {
    if (time > kLatestTime) break;
    EXPECT_EQ(parse_rfc3339(format_rfc3339(time)), time) << format_rfc3339(time);
  }
  EXPECT_EQ(format_rfc3339(1795161600250000), "2026-11-20T08:00:00.250Z");
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00Z");
}

TEST(Durations, ReadUnitsInDescendingOrder) {
  EXPECT_EQ(parse_duration("60s"), kMinute);
  EXPECT_EQ(parse_duration("1h30m"), 90 * kMinute);
  EXPECT_EQ(parse_duration("30d"), 30 * kDay);
  EXPECT_EQ(parse_duration("500ms"), 500 * kMillisecond);
  EXPECT_EQ(parse_duration("0s"), 0);
  for (const char* text :
       {"", "5", "s", "-5s", "5 s", "30m1h", "1h1h", "1.5h", "99999999999999999d", "5parsec"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Durations, ReadBackWhatTheyWrite) {
  for (const Duration d :
       {Duration{0}, kMinute, 90 * kSecond, kHour, 36 * kHour, 7 * kDay, 1500 * kMillisecond, Duration{1}})
    EXPECT_EQ(parse_duration(format_duration(d)), d);
  EXPECT_EQ(format_duration(3600 * kSecond), "1h");
}

TEST(Slots, AreCountedDownwardsBeforeTheEpoch) {
  EXPECT_EQ(slot_of(0, kMinute), 0);
  EXPECT_EQ(slot_of(-1, kMinute), -1);
  EXPECT_EQ(slot_of(-kMinute, kMinute), -1);
  EXPECT_EQ(slot_of(kMinute, kMinute), 1);
  EXPECT_EQ(slot_end(slot_of(59 * kSecond, kMinute), kMinute), kMinute);
}

}  // namespace
}  // namespace driftd
