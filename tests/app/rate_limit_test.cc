#include "app/rate_limit.h"

#include <gtest/gtest.h>

namespace driftd::app {
namespace {

TEST(RateLimit, AllowsTheFirstTimeAndOncePerInterval) {
  RateLimit limit(5 * kMinute);
  const Time begin = 1'790'000'000 * kSecond;
  EXPECT_TRUE(limit.allow(begin));
  EXPECT_FALSE(limit.allow(begin));
  EXPECT_FALSE(limit.allow(begin + 5 * kMinute - 1));
  EXPECT_TRUE(limit.allow(begin + 5 * kMinute));
  EXPECT_FALSE(limit.allow(begin + 9 * kMinute));  // counted from when it was told, not from the beginning
  EXPECT_TRUE(limit.allow(begin + 10 * kMinute));
}

TEST(RateLimit, IsNotSilencedByAClockThatWasSetBack) {
  RateLimit limit(kMinute);
  EXPECT_TRUE(limit.allow(kDay));
  EXPECT_TRUE(limit.allow(kHour));
  EXPECT_FALSE(limit.allow(kHour + kSecond));
}

}  // namespace
}  // namespace driftd::app
