#include "detectors/evidence/calendar.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace driftd::detectors::evidence {
namespace {

std::int64_t day_of(const std::string& date) {
  return slot_of(parse_rfc3339(date + "T00:00:00Z").value(), kDay);
}

void read_zone(std::istringstream& words, TimeZone& zone) {
  std::int64_t at = 0;
  std::int64_t offset = 0;
  char colon = 0;
  words >> zone.name >> offset;
  zone.first_offset = offset * kSecond;
  zone.changes.clear();
  while (words >> at >> colon >> offset) zone.changes.push_back({at * kSecond, offset * kSecond});
}

// calendar_cases.txt is written by calendar_cases.py.
TEST(Calendar, AgreesWithZoneinfoAcrossChangesOfTheClocks) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/calendar_cases.txt");
  ASSERT_TRUE(file);
  Calendar calendar;
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string what;
    words >> what;
    if (what == "zone") {
      read_zone(words, calendar.zone);
    } else if (what == "holidays") {
      calendar.holidays.clear();
      for (std::string date; words >> date;) calendar.holidays.push_back(day_of(date));
    } else {
      std::int64_t seconds = 0;
      std::int64_t offset = 0;
      std::size_t hour_of_day = 0;
      std::size_t hour_of_week = 0;
      words >> seconds >> offset >> hour_of_day >> hour_of_week;
      calendar.cells = Cells::hour_of_week;
      EXPECT_EQ(calendar.zone.offset_at(seconds * kSecond), offset * kSecond) << calendar.zone.name << line;
      EXPECT_EQ(calendar.cell_of(seconds * kSecond), hour_of_week) << calendar.zone.name << line;
      calendar.cells = Cells::hour_of_day;
      EXPECT_EQ(calendar.cell_of(seconds * kSecond), hour_of_day) << calendar.zone.name << line;
      ++cases;
    }
  }
  EXPECT_GE(cases, 400);
}

TEST(Calendar, HoldsEveryTimeThatDriftdAccepts) {
  Calendar calendar;
  for (const Cells cells : {Cells::one, Cells::hour_of_day, Cells::hour_of_week}) {
    calendar.cells = cells;
    for (const Duration offset : {-16 * kHour, Duration{0}, 16 * kHour}) {
      calendar.zone.first_offset = offset;
      for (const Time time : {kEarliestTime, -kMicrosecond, Time{0}, kLatestTime}) {
        EXPECT_LT(calendar.cell_of(time), calendar.size());
      }
    }
  }
  EXPECT_EQ(calendar.size(), 168U);
}

TEST(Calendar, BeginsTheWeekOnMonday) {
  const Calendar calendar;
  EXPECT_EQ(calendar.cell_of(parse_rfc3339("2026-11-16T00:00:00Z").value()), 0U);
  EXPECT_EQ(calendar.cell_of(parse_rfc3339("2026-11-22T23:59:59Z").value()), 167U);
  EXPECT_EQ(calendar.cell_of(parse_rfc3339("1969-12-31T23:59:59.999999Z").value()), 2U * 24 + 23);
}

TEST(Calendar, HasTheCellsThatTheReferenceCovers) {
  EXPECT_EQ(cells_for(0), Cells::one);
  EXPECT_EQ(cells_for(47 * kHour - kMicrosecond), Cells::one);
  EXPECT_EQ(cells_for(2 * kDay - kMinute), Cells::hour_of_day);
  EXPECT_EQ(cells_for(13 * kDay), Cells::hour_of_day);
  EXPECT_EQ(cells_for(14 * kDay - kMinute), Cells::hour_of_week);
  EXPECT_EQ(cells_for(28 * kDay), Cells::hour_of_week);
}

}  // namespace
}  // namespace driftd::detectors::evidence
