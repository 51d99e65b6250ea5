#include "detectors/evidence/certify/reference_days.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr Time kMonday = 1'788'739'200 * kSecond;  // 2026-09-07T00:00:00Z

ReferenceDays days_of(Duration span, Duration slot = kMinute, Time first = kMonday) {
  const ProfileSpan one{first, first + span};
  auto days = reference_days(std::span(&one, 1), Calendar{cells_for(span), {}, {}}, slot);
  EXPECT_TRUE(days.ok());
  return days.ok() ? *days : ReferenceDays{};
}

TEST(ReplaySlot, IsTheShortestOfWholeFiveMinutesThatDividesADay) {
  EXPECT_EQ(replay_slot(kMinute), 5 * kMinute);
  EXPECT_EQ(replay_slot(5 * kMinute), 5 * kMinute);
  EXPECT_EQ(replay_slot(7 * kMinute), 10 * kMinute);
  EXPECT_EQ(replay_slot(50 * kMinute), kHour);
  EXPECT_EQ(replay_slot(kDay), kDay);
  EXPECT_EQ(replay_slot(kDay + 1), 0);
}

TEST(ReferenceDays, StandForDaysOfTheSameWeekdayAndAreJudgedWithoutTheirWeek) {
  const ReferenceDays days = days_of(28 * kDay - kMinute);
  ASSERT_EQ(days.days.size(), 28U);
  EXPECT_EQ(days.kinds, 7U);
  EXPECT_EQ(days.folds, 4U);
  EXPECT_EQ(days.cells_of_calendar, 168U);
  for (std::size_t i = 0; i < 28; ++i) {
    EXPECT_EQ(days.days[i].fold, i / 7);
    EXPECT_EQ(days.days[i].alike, days.days[i % 7].alike);
    EXPECT_EQ(days.days[i].first, i * 288);
  }
  std::set<std::size_t> alike;
  for (std::size_t i = 0; i < 7; ++i) alike.insert(days.days[i].alike);
  EXPECT_EQ(alike.size(), 7U);
  EXPECT_EQ(days.cells[0], 0U);
  EXPECT_EQ(days.cells[12 * 24 * 8 + 12 * 3], 24 + 3U);
  const ReferenceDays::Fold third = days.fold(2);
  EXPECT_EQ(third.begin, kMonday + 14 * kDay);
  EXPECT_EQ(third.end, kMonday + 21 * kDay);
}

TEST(ReferenceDays, OfAShortReferenceStandForAnyAndAreJudgedWithoutThemselves) {
  const ReferenceDays days = days_of(3 * kDay - kMinute, kHour);
  EXPECT_EQ(days.days.size(), 3U);
  EXPECT_EQ(days.per_day, 24U);
  EXPECT_EQ(days.kinds, 1U);
  EXPECT_EQ(days.folds, 3U);
}

TEST(ReferenceDays, NeedTimesAndTwoDays) {
  const auto refused = [](ProfileSpan span) {
    const auto days = reference_days(std::span(&span, 1), Calendar{Cells::one, {}, {}}, kMinute);
    return days.ok() ? "" : days.error().message;
  };
  EXPECT_NE(refused({kNoTime, kNoTime}).find("no times"), std::string::npos);
  EXPECT_NE(refused({kMonday, kMonday + kDay}).find("at least two days"), std::string::npos);
  EXPECT_EQ(refused({kMonday, kMonday + 2 * kDay - kMinute}), "");
}

TEST(ReferenceDays, OfARegimeBeginAtTheSameTimeOfTheDay) {
  const ProfileSpan spans[] = {{kMonday + 6 * kHour, kMonday + 6 * kHour + 15 * kDay},
                               {kMonday + 90 * kDay, kMonday + 105 * kDay}};
  const auto days = reference_days(spans, Calendar{Cells::hour_of_week, {}, {}}, kMinute);
  ASSERT_TRUE(days.ok());
  EXPECT_EQ(slot_start(days->stretches[1].first, days->slot), kMonday + 90 * kDay + 6 * kHour);
  EXPECT_EQ(days->stretches[1].days, 14U);
  EXPECT_EQ(days->days[15].profile, 1U);
  EXPECT_EQ(days->fold(days->days[15].fold).profile, 1U);
  EXPECT_EQ(days->days[15].alike, (days->days[0].alike + 90) % 7);
}

TEST(CountsBySlot, AreThoseOfTheBlocksInTheirPlaces) {
  const ReferenceDays days = days_of(2 * kDay, 15 * kMinute);
  ColumnBlocks blocks;
  for (int i = 0; i < 3 * 288; ++i) {  // the third day belongs to none
    blocks.starts.push_back(kMonday + i * kProfileBlock);
    blocks.counts.insert(blocks.counts.end(), {i, 1});
  }
  const ColumnBlocks* const one = &blocks;
  const auto counts = counts_by_slot(days, std::span(&one, 1), 2);
  ASSERT_EQ(counts.size(), 2U * 192);
  EXPECT_EQ(counts[0], 0 + 1 + 2);
  EXPECT_EQ(counts[2 * 191], 573 + 574 + 575);
  EXPECT_EQ(counts[2 * 191 + 1], 3);
}

}  // namespace
}  // namespace driftd::detectors::evidence
