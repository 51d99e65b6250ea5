#include "app/time_zone.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "core/time.h"

namespace driftd::app {
namespace {

using detectors::evidence::TimeZone;

// calendar_cases.txt is written by calendar_cases.py, from Python's zoneinfo.
TEST(TimeZones, HaveTheOffsetsThatZoneinfoHas) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/calendar_cases.txt");
  ASSERT_TRUE(file);
  TimeZone zone;
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string what;
    words >> what;
    if (what == "zone") {
      std::string name;
      words >> name;
      auto loaded = load_time_zone(name);
      ASSERT_TRUE(loaded.ok()) << name;
      zone = std::move(loaded).value();
    } else if (what == "case") {
      std::int64_t seconds = 0;
      std::int64_t offset = 0;
      words >> seconds >> offset;
      if (seconds < 0) continue;
      EXPECT_EQ(zone.offset_at(seconds * kSecond), offset * kSecond) << zone.name << " " << seconds;
      ++cases;
    }
  }
  EXPECT_GE(cases, 300);
}

TEST(TimeZones, GoOnAfterTheirListOfChangesEnds) {
  const TimeZone berlin = load_time_zone("Europe/Berlin").value();
  EXPECT_EQ(berlin.offset_at(parse_rfc3339("2099-07-01T00:00:00Z").value()), 2 * kHour);
  EXPECT_EQ(berlin.offset_at(parse_rfc3339("2099-12-01T00:00:00Z").value()), kHour);
  for (std::size_t i = 1; i < berlin.changes.size(); ++i) {
    EXPECT_LT(berlin.changes[i - 1].at, berlin.changes[i].at);
    EXPECT_NE(berlin.changes[i - 1].offset, berlin.changes[i].offset);
  }
}

TEST(TimeZones, OfUtcNeverChange) {
  const TimeZone utc = load_time_zone("UTC").value();
  EXPECT_EQ(utc.first_offset, 0);
  EXPECT_TRUE(utc.changes.empty());
}

TEST(TimeZones, AreNamesOfTheIanaAndNothingElse) {
  for (const char* name : {"", "localtime", "../zoneinfo/UTC", "/etc/localtime", "right/UTC", "UTC/../UTC"}) {
    EXPECT_FALSE(load_time_zone(name).ok()) << name;
  }
  EXPECT_EQ(load_time_zone("europe/berlin").error().message,
            "unknown time zone europe/berlin; did you mean Europe/Berlin?");
}

}  // namespace
}  // namespace driftd::app
