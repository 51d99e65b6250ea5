// Like is compared with like: what a reference holds at the hours that other counts came from.
#include "detectors/evidence/seasonal_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "detectors/binning.h"
#include "detectors/evidence/drift_effect.h"
#include "tests/detectors/derived/references.h"

namespace driftd::detectors::evidence {
namespace {

using ::testing::StartsWith;

constexpr Time kMonday = 1'767'571'200 * kSecond;  // 2026-01-05T00:00:00Z

double usual(Time time) { return 2 * std::sin(2 * M_PI * static_cast<double>(time % kDay) / kDay); }

Table stream(Time begin, Duration span, double shift) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  RowTable rows{{"x"}, {}};
  for (Time time = begin; time < begin + span; time += kMinute) {
    RawRow& row = rows.rows.emplace_back();
    row.time = time;
    row.values = {{Value::Kind::number, usual(time) + normal(random) + shift, ""}};
  }
  return table_of(rows);
}

std::vector<CellCount> counted(const Profile& profile, const Table& table) {
  const Binner binner(profile, Side::predictions);
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  for (std::size_t i = 0; i < table.size(); ++i) {
    const Cell cell = binner.cell_of(0, table.features[0].value(i));
    tally.add(std::vector<std::uint8_t>{cell.cell}, std::vector<std::uint8_t>{cell.place});
  }
  const auto counts = tally.column(0);
  return {counts.begin(), counts.end()};
}

struct Season {
  Profile profile = *build_profile(stream(kMonday, 28 * kDay, 0), {});
  Calendar calendar;
  CountsByHour hours =
      counts_by_hour(profile.blocks, Side::predictions,
                     std::make_shared<const TallyLayout>(profile, Side::predictions), 0, calendar);

  ColumnProfile at(Time begin, Duration span) const {
    std::vector<double> weights(calendar.size(), 0);
    spread_events(calendar, hours, begin, begin + span, 60, weights);
    return at_hours(profile.columns.front(), hours, calendar, weights);
  }
};

TEST(SeasonalCounts, AShiftHasItsOwnSignAndSizeAtAnyHour) {
  const Season season;
  for (const int hour : {3, 9, 15, 21})
    for (const double shift : {0.6, -0.6}) {
      const Time begin = kMonday + 29 * kDay + hour * kHour;
      const auto now = counted(season.profile, stream(begin, kHour, shift));
      const ColumnProfile usual_then = season.at(begin, kHour);
      const double moved =
          moments_of(usual_then, now).mean - moments_of(usual_then, usual_then.reference).mean;
      EXPECT_NEAR(moved, shift, .35) << hour;  // 60 values of deviation 1
      EXPECT_THAT(words_of(usual_then, now, {Shape::location, 1, 0, {}}),
                  StartsWith(shift > 0 ? "location up" : "location down"));
    }
}

TEST(SeasonalCounts, WhatIsUsualAtAnHourHasNoEffect) {
  const Season season;
  const Time begin = kMonday + 29 * kDay + 6 * kHour;
  const auto now = counted(season.profile, stream(begin, kHour, 0));
  EXPECT_GT(effect_of(season.profile.columns.front(), now).excess, .3) << "against the whole day it is one";
  EXPECT_LT(effect_of(season.at(begin, kHour), now).excess, .05);
}

TEST(SeasonalCounts, OfAWholeWeekAreTheWhole) {
  const Season season;
  const ColumnProfile week = season.at(kMonday + 28 * kDay, 7 * kDay);
  const ColumnProfile& whole = season.profile.columns.front();
  for (std::size_t cell = 0; cell < whole.reference.size(); ++cell)
    EXPECT_NEAR(static_cast<double>(week.reference[cell].count),
                static_cast<double>(whole.reference[cell].count), 1);
  EXPECT_NEAR(week.mean, whole.mean, 1e-3);
}

// One outlier makes the outermost bin so wide that all its other values lie at its beginning.
TEST(Moments, OfTheReferencesCountsAreItsOwnMean) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> law(0, .5);
  RowTable rows{{"x"}, {}};
  for (int i = 0; i < 5000; ++i) {
    RawRow& row = rows.rows.emplace_back();
    row.values = {{Value::Kind::number, i == 0 ? 1e4 : law(random), ""}};
  }
  const Profile profile = *build_profile(table_of(rows), {});
  const ColumnProfile& column = profile.columns.front();
  EXPECT_NEAR(moments_of(column, column.reference).mean, column.mean, 1e-6);
  RowTable now{{"x"}, {}};
  double mean = 0;
  for (int i = 0; i < 5000; ++i) {
    RawRow& row = now.rows.emplace_back();
    const double value = law(random);
    mean += value / 5000;
    row.values = {{Value::Kind::number, value, ""}};
  }
  EXPECT_NEAR(moments_of(column, counted(profile, table_of(now))).mean, mean, .2);
}

TEST(Words, OfAScaleSayWhatItsFactorSays) {
  const Season season;
  const auto now = counted(season.profile, stream(kMonday + 29 * kDay, 7 * kDay, 0));
  ColumnProfile narrow = season.profile.columns.front();
  const std::string text = words_of(narrow, now, {Shape::scale, 1, 0, {}});
  const double factor = std::stod(text.substr(text.rfind(' ')));
  EXPECT_THAT(text, StartsWith(factor < 1 ? "scale down, sd x " : "scale up, sd x "));
}

}  // namespace
}  // namespace driftd::detectors::evidence
