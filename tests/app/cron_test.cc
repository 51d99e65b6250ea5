#include "app/cron.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "app/time_zone.h"

namespace driftd::app {
namespace {

using detectors::evidence::TimeZone;

TimeZone zone(const std::string& name) { return load_time_zone(name).value(); }

Time time_of(const std::string& text) { return parse_rfc3339(text).value(); }

std::string next(const std::string& text, const std::string& after, const std::string& where = "UTC") {
  const auto cron = Cron::parse(text);
  if (!cron.ok()) return cron.error().message;
  const auto found = cron->next(time_of(after), zone(where));
  return found ? format_rfc3339(*found) : "never";
}

std::string fault_of(const std::string& text) {
  const auto cron = Cron::parse(text);
  return cron.ok() ? "" : cron.error().message;
}

// tests/app/cron_cases.py: what croniter says, in ten zones and around the changes of their clocks.
TEST(Cron, NamesTheTimesThatCroniterDoes) {
  std::ifstream in(DRIFTD_SOURCE_DIR "/tests/app/cron_cases.txt");
  std::map<std::string, TimeZone> zones;
  int cases = 0;
  for (std::string line; std::getline(in, line); ++cases) {
    std::vector<std::string> words;
    std::istringstream split(line);
    for (std::string word; std::getline(split, word, '|');) words.push_back(word);
    ASSERT_EQ(words.size(), 9U);
    const auto cron = Cron::parse(words[0]);
    ASSERT_TRUE(cron.ok()) << line << ": " << cron.error().message;
    if (!zones.contains(words[1])) zones[words[1]] = zone(words[1]);
    const TimeZone& where = zones[words[1]];
    Time at = std::stoll(words[2]) * kSecond;
    for (std::size_t i = 3; i < words.size(); ++i) {
      const Time expected = std::stoll(words[i]) * kSecond;
      ASSERT_EQ(cron->next(at, where), expected) << line;
      EXPECT_EQ(cron->last(expected, where), expected) << line;
      EXPECT_EQ(cron->last(expected + kSecond, where), expected) << line;
      if (i > 3) {
        EXPECT_EQ(cron->last(expected - 1, where), at) << line;
      }
      at = expected;
    }
  }
  EXPECT_EQ(cases, 400);
}

TEST(Cron, GoesByTheClockOfItsZone) {
  EXPECT_EQ(next("0 8 * * 1", "2026-11-27T12:00:00Z", "Europe/Berlin"), "2026-11-30T07:00:00Z");
  EXPECT_EQ(next("0 8 * * mon", "2026-06-27T12:00:00Z", "Europe/Berlin"), "2026-06-29T06:00:00Z");
  EXPECT_EQ(next("0 8 * * *", "2026-11-27T08:00:00Z"), "2026-11-28T08:00:00Z");
  EXPECT_EQ(next("0 8 * * *", "2026-11-27T07:59:59.999Z"), "2026-11-27T08:00:00Z");
}

// Clocks in Berlin: 2026-03-29T02:00 becomes 03:00, 2026-10-25T03:00 becomes 02:00.
TEST(Cron, PutsWhatAChangeOfTheClocksSkipsAtTheChangeAndCountsWhatComesTwiceTwice) {
  EXPECT_EQ(next("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Berlin"), "2026-03-29T01:00:00Z");
  EXPECT_EQ(next("30 2 * * *", "2026-03-29T01:00:00Z", "Europe/Berlin"), "2026-03-30T00:30:00Z");
  EXPECT_EQ(next("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Berlin"), "2026-10-25T00:30:00Z");
  EXPECT_EQ(next("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Berlin"), "2026-10-25T01:30:00Z");
  EXPECT_EQ(next("10 2 * * *", "2025-10-04T12:00:00Z", "Australia/Lord_Howe"), "2025-10-04T15:30:00Z");
}

TEST(Cron, TakesEitherDayWhereBothAreRestricted) {
  EXPECT_EQ(next("0 0 15 * mon", "2026-11-30T00:00:00Z"), "2026-12-07T00:00:00Z");
  EXPECT_EQ(next("0 0 15 * mon", "2026-12-14T00:00:00Z"), "2026-12-15T00:00:00Z");
  EXPECT_EQ(next("0 0 29 feb *", "2026-11-30T00:00:00Z"), "2028-02-29T00:00:00Z");
  EXPECT_EQ(next("0 0 * * 6-7", "2026-11-28T12:00:00Z"), "2026-11-29T00:00:00Z");
  EXPECT_EQ(next("0 0 * * fri-sun", "2026-11-28T12:00:00Z"), "2026-11-29T00:00:00Z");
}

TEST(Cron, RefusesWhatItCannotKeepAndSaysWhy) {
  EXPECT_EQ(
      fault_of("0 8 * *"),
      "is not the five fields of a cron expression (minute, hour, day of the month, month, day of the week) "
      "but 4");
  EXPECT_EQ(fault_of("60 8 * * *"), "minute: \"60\" is not 0 to 59");
  EXPECT_EQ(fault_of("0 8 0 * *"), "day of the month: \"0\" is not 1 to 31");
  EXPECT_EQ(fault_of("0 8 * * mond"), "day of the week: \"mond\" is not 0 to 7 or sun to sat");
  EXPECT_EQ(fault_of("0 17-8 * * *"), "hour: \"17-8\" ends before it begins");
  EXPECT_EQ(fault_of("*/0 * * * *"), "minute: \"*/0\" has a step that is not 1 to 59");
  EXPECT_EQ(fault_of("0 8 * * L"), "day of the week: \"l\" is not 0 to 7 or sun to sat");
  EXPECT_EQ(fault_of("0 0 30 2 *"), "names a day that never comes");
  EXPECT_EQ(fault_of("@fortnightly"),
            "unknown \"@fortnightly\"; known are @hourly, @daily, @weekly, @monthly and @yearly");
  for (const char* nonsense :
       {"", "*", ", * * * *", "1- * * * *", "-1 * * * *", "1/2/3 * * * *", "* * * * */", "1,,2 * * * *",
        "+1 * * * *", "1.5 * * * *", "0 8 * * 1 2026", "*-5 * * * *"})
    EXPECT_NE(fault_of(nonsense), "") << nonsense;
}

}  // namespace
}  // namespace driftd::app
