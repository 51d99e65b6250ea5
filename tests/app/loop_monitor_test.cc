#include "app/loop_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace driftd::app {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

template <class Condition>
bool comes_true(Condition condition) {
  for (int i = 0; i < 200 && !condition(); ++i) std::this_thread::sleep_for(50ms);
  return condition();
}

TEST(LoopMonitor, TellsOfALoopThatStandsStillAndOfItsReturn) {
  std::mutex mutex;
  std::vector<std::string> lines;
  const auto told = [&] {
    const std::lock_guard lock(mutex);
    return lines;
  };
  const Logger log(LogLevel::info, LogFormat::logfmt, [&](std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.emplace_back(line);
  });
  Health health;
  health.set_ready();
  health.set_stalled_after(300ms);
  const LoopMonitor monitor(health, log);
  std::this_thread::sleep_for(700ms);
  EXPECT_EQ(monitor.stalls(), 0U);  // it has not begun yet
  EXPECT_EQ(health.why_not_ready(), "");
  health.beat();
  ASSERT_TRUE(comes_true([&] { return monitor.stalls() == 1; }));
  EXPECT_TRUE(health.stalled());
  EXPECT_THAT(health.why_not_ready(), HasSubstr("stands still"));
  ASSERT_TRUE(comes_true([&] { return told().size() == 1; }));
  EXPECT_THAT(told()[0], HasSubstr("level=error msg=\"the loop stands still"));
  health.set_stalled_after(1h);
  health.beat();
  EXPECT_FALSE(health.stalled());
  ASSERT_TRUE(comes_true([&] { return told().size() == 2; }));
  EXPECT_THAT(told()[1], HasSubstr("turns again"));
  EXPECT_EQ(monitor.stalls(), 1U);
}

}  // namespace
}  // namespace driftd::app
