#include "detectors/evidence/certify/kind_months.h"

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/evidence/certify/shift_trial.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/evidence/kind_evidence.h"
#include "tests/detectors/evidence/certify/replay_example.h"

namespace driftd::detectors::evidence::testing {
namespace {

constexpr double kEta = .9995;
constexpr std::int64_t kPause = 100;  // slots
constexpr double kGrant = 2e-3;

std::vector<ReplaySeries> series_in(const ReplayExample& example) {
  std::vector<ReplaySeries> series;
  for (const ReplayExample::Column& column : example.columns)
    series.push_back({column.profile.name, .5, replay_monitors(column.profile, column.by_fold, example.days),
                      counts_of(column.profile), column.counts});
  return series;
}

MonthOptions options_of(const ReplayExample& example, double grant = kGrant) {
  return {{example.options.slot, kEta}, grant, kPause, example.days.stretches.front().first};
}

// The same slots through the engine itself: one KindEvidence, cells by fold.
struct Engine {
  const ReplayExample& example;
  KindEvidence evidence;
  std::vector<SeriesName> names;
  std::int64_t now;
  std::optional<std::int64_t> resumes;
  std::vector<Alarm> alarms;

  explicit Engine(const ReplayExample& made)
      : example(made),
        evidence({made.options.slot, kEta}, made.days.stretches.front().first - 1),
        now(made.days.stretches.front().first) {
    for (std::size_t i = 0; i < example.columns.size(); ++i) {
      const ReplayExample::Column& column = example.columns[i];
      names.push_back({"", static_cast<std::uint32_t>(i), column.profile.name});
      evidence.add(names.back(), column_monitors(column.profile, column.by_fold), .5);
    }
    evidence.set_grant(now - 1, kGrant);
  }
  // S as it was tested.
  double close(std::size_t day, std::size_t slot) {
    const ReplayDay& source = example.days.days[day];
    const std::size_t place = source.first + slot;
    if (resumes && *resumes == now) evidence.resume(now - 1, evidence.paused());
    std::vector<KindEvidence::SlotCounts> counts;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const ReplayExample::Column& column = example.columns[i];
      const auto width = static_cast<std::ptrdiff_t>(counts_of(column.profile));
      const auto first = column.counts.begin() + static_cast<std::ptrdiff_t>(place) * width;
      counts.push_back({&names[i], {first, first + width}});
    }
    const std::size_t cell = source.fold * example.days.cells_of_calendar + example.days.cells[place];
    const auto alarm = evidence.close(now, cell, counts);
    if (alarm) {
      alarms.push_back(*alarm);
      resumes = now + kPause + 1;
    }
    ++now;
    return alarm ? alarm->evidence : evidence.evidence();
  }
};

TEST(KindMonths, SayWhatTheEngineSaysOfTheSameSlots) {
  const ReplayExample example(9);
  // by day, by lane; day 9 alarms
  const std::vector<std::vector<std::size_t>> drawn = {{3, 9, 0}, {9, 9, 1}, {2, 4, 9}, {15, 9, 8}};
  KindMonths months(example.days, series_in(example), options_of(example), 3);
  std::vector<Engine> engines;
  for (int lane = 0; lane < 3; ++lane) engines.emplace_back(example);
  for (const std::vector<std::size_t>& day : drawn) {
    months.day(day);
    for (std::size_t lane = 0; lane < 3; ++lane)
      for (std::size_t slot = 0; slot < example.days.per_day; ++slot) {
        const double expected = engines[lane].close(day[lane], slot);
        ASSERT_NEAR(months.evidence(lane)[slot], expected, 1e-9 * std::max(expected, 1e-6))
            << lane << " " << slot;
      }
  }
  std::size_t told = 0;
  for (std::size_t lane = 0; lane < 3; ++lane) {
    std::vector<MonthAlarm> own;
    for (const MonthAlarm& alarm : months.alarms())
      if (alarm.lane == lane) own.push_back(alarm);
    ASSERT_EQ(own.size(), engines[lane].alarms.size()) << lane;
    for (std::size_t i = 0; i < own.size(); ++i, ++told) {
      const Alarm& expected = engines[lane].alarms[i];
      EXPECT_EQ(own[i].slot + example.days.stretches.front().first, expected.slot);
      EXPECT_EQ(own[i].needs_bank, expected.needs_bank);
      ASSERT_EQ(own[i].columns.size(), expected.columns.size());
      for (std::size_t c = 0; c < expected.columns.size(); ++c)
        EXPECT_EQ(example.columns[own[i].columns[c]].profile.name, expected.columns[c]);
    }
  }
  EXPECT_GE(told, 3U);  // each lane had an odd day
}

TEST(KindMonths, DoNotDependOnWhichMonthsAreSideBySide) {
  const ReplayExample example(9);
  KindMonths together(example.days, series_in(example), options_of(example), 2);
  KindMonths alone(example.days, series_in(example), options_of(example), 1);
  for (const std::size_t day : {9U, 3U, 9U}) {
    together.day(std::vector<std::size_t>{(day + 5) % 16, day});
    alone.day(std::vector<std::size_t>{day});
    for (std::size_t slot = 0; slot < example.days.per_day; ++slot)
      ASSERT_EQ(together.evidence(1)[slot], alone.evidence(0)[slot]);
  }
}

TEST(LawsByFold, LeaveOutTheFoldAndNothingElse) {
  const ReplayExample plain;
  const ReplayExample odd(9, true);  // in the second week
  const auto& before = plain.columns[0].by_fold.front().regimes.front().cells;
  const auto& after = odd.columns[0].by_fold.front().regimes.front().cells;
  ASSERT_EQ(before.size(), plain.days.folds * 168);
  const std::size_t cell = plain.days.cells[9 * 288 + 100];
  EXPECT_NE(before[cell].p, after[cell].p);  // the first week's judge has seen it
  EXPECT_LT(before[168 + cell].n, before[2 * 168 + cell].n);
  const MonitorReferences slice = laws_of_fold(odd.columns[0].by_fold, 1, 168);
  EXPECT_EQ(slice.front().regimes.front().cells[cell].p, after[168 + cell].p);
}

TEST(ShiftTrial, FindsWhatMovedAndNotWhatDidNot) {
  const ReplayExample example;
  const auto series = series_in(example);
  ShiftTrial trial;
  for (std::size_t day = 0; day < 3; ++day) trial.drawn.push_back({day, day + 7, day + 1, day + 8});
  const std::size_t components =
      KindMonths(example.days, series_in(example), options_of(example), 1).capital(0, 0).size();
  trial.capital.assign(4, std::vector<double>(components, 0));
  trial.begins = {0, 50, 100, 287};
  trial.patience = 2 * 288;
  trial.options = options_of(example, 2e-5);
  std::vector<std::int64_t> top(example.columns[0].counts);  // everything is in the upper half
  const std::size_t width = counts_of(example.columns[0].profile);
  for (std::size_t i = 0; i < top.size(); i += width)
    for (std::size_t bin = 0; bin < 5; ++bin) top[i + bin + 5] += std::exchange(top[i + bin], 0);
  for (const auto& found : slots_until_found(example.days, series[0], top, trial)) {
    ASSERT_TRUE(found.has_value());
    EXPECT_GE(*found, 1);
    EXPECT_LE(*found, 100);
  }
  for (const auto& found : slots_until_found(example.days, series[0], example.columns[0].counts, trial))
    EXPECT_FALSE(found.has_value());
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
