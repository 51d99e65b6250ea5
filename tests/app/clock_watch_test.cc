#include "app/clock_watch.h"

#include <gtest/gtest.h>

namespace driftd::app {
namespace {

TEST(ClockWatch, SaysByHowMuchTheClockWasSet) {
  ClockWatch watch;
  const auto at = [](Duration time) { return ClockWatch::Steady(std::chrono::microseconds(time)); };
  const Time begin = 1'790'000'000 * kSecond;
  EXPECT_EQ(watch.set_by(begin, at(kHour)), 0);
  EXPECT_EQ(watch.set_by(begin + kMinute, at(kHour + kMinute)), 0);
  EXPECT_EQ(watch.set_by(begin + kHour + kMinute, at(kHour + kMinute)), kHour);
  EXPECT_EQ(watch.set_by(begin + kHour + 2 * kMinute, at(kHour + 2 * kMinute)), 0) << "once";
  EXPECT_EQ(watch.set_by(begin + 3 * kMinute, at(kHour + 3 * kMinute)), -kHour);
}

TEST(ClockWatch, AddsUpWhatIsTooLittle) {
  ClockWatch watch;
  const ClockWatch::Steady steady{};
  EXPECT_EQ(watch.set_by(kDay, steady), 0);
  EXPECT_EQ(watch.set_by(kDay + 600 * kMillisecond, steady), 0);
  EXPECT_EQ(watch.set_by(kDay + 1200 * kMillisecond, steady), 1200 * kMillisecond);
}

}  // namespace
}  // namespace driftd::app
