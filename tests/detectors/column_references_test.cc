#include "detectors/evidence/column_references.h"

#include <gtest/gtest.h>

#include <ctime>
#include <memory>
#include <numeric>

#include "detectors/evidence/column_counts.h"
#include "detectors/tally.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors::evidence {
namespace {

std::vector<std::int64_t> counts_in(const ColumnProfile& column, std::vector<std::int64_t> by_cell) {
  std::vector<CellCount> cells;
  for (const std::int64_t count : by_cell) cells.push_back({count, 0});
  std::vector<std::int64_t> counts(counts_of(column), 0);
  add_column_counts(column, cells, counts);
  return counts;
}

using Counts = std::vector<std::int64_t>;

TEST(ColumnCounts, OfANumericColumnAreItsBinsThenItsRates) {
  const Profile profile = profile_with({{"x", numbers({1, 2, 2, 3})}});
  const ColumnProfile& column = profile.columns.front();
  ASSERT_EQ(column.evidence_bins, 3U);
  // null 1, absent 2, type_change 3, not_finite 4, below 5, bins 10 20 30, above 6
  const auto filled = [&] {
    Counts cells = {1, 2, 3, 4, 5};
    for (std::size_t bin = 0; bin < column.bins(); ++bin) cells.push_back(0);
    cells.push_back(6);
    for (std::size_t bin = 0; bin < column.bins(); ++bin) {
      const std::size_t cell = kFirstBin + bin;
      cells[cell] += column.knots[bin] == 1   ? 10
                     : column.knots[bin] == 2 ? 20
                     : column.knots[bin] == 3 ? 30
                                              : 0;
    }
    return cells;
  };
  EXPECT_EQ(counts_in(column, filled()), (Counts{15, 20, 36, 75, 6, 71, 4, 66, 5, 65, 6}));
  EXPECT_EQ(counts_in(column, {}), Counts(11, 0));
}

TEST(ColumnCounts, OfACategoricalColumnAreItsBinsThenMissingAndNew) {
  std::vector<Value> values;
  for (int i = 0; i < 9; ++i) values.push_back(text("red"));
  for (int i = 0; i < 6; ++i) values.push_back(text("blue"));
  for (const char* rare : {"ash", "oak", "oak"}) values.push_back(text(rare));
  const Profile profile = profile_with({{"x", values}});
  const ColumnProfile& column = profile.columns.front();
  ASSERT_EQ(column.evidence_bins, 3U);  // red, blue, other
  // null 1, absent 2, type_change 3, other 4, new 5, red 10, blue 20, oak 30, ash 40
  EXPECT_EQ(counts_in(column, {1, 2, 3, 4, 5, 10, 20, 30, 40}), (Counts{10, 20, 74, 109, 6, 104, 5}));
  EXPECT_EQ(seen_once(column), 1);
}

TEST(ColumnCounts, ComeInTheOrderOfTheMonitors) {
  const Profile profile = profile_with({{"n", numbers({1, 2, 3})}, {"c", {text("a"), text("b"), text("a")}}});
  for (const ColumnProfile& column : profile.columns) {
    const std::vector<ColumnMonitor> monitors = monitors_of(column);
    std::size_t width = 0;
    double weight = 0;
    for (const ColumnMonitor& monitor : monitors) {
      width += monitor.width;
      weight += monitor.weight;
    }
    EXPECT_EQ(width, counts_of(column));
    EXPECT_NEAR(weight, 1, 1e-15);
    EXPECT_EQ(monitors.front().width, column.evidence_bins);
  }
}

// Categories beyond the 250 kept, whose counts are known in all alone: as many may be single as the sum
// allows.
TEST(ColumnCounts, TakeAtMostAsManyForSeenOnceAsCanBe) {
  ColumnProfile column;
  column.type = ColumnType::categorical;
  column.categories = {"a", "b"};
  column.other_categories = {1, 2, 3, 4, 5};
  column.reference.resize(column.cells());
  column.reference[kFirstBin] = {9, 0};
  column.reference[kFirstBin + 1] = {4, 0};
  column.reference[kOtherCell] = {10, 0};  // 1 1 1 3 4 at best
  EXPECT_EQ(seen_once(column), 3);
  column.reference[kOtherCell] = {5, 0};
  EXPECT_EQ(seen_once(column), 5);
  column.reference[kFirstBin + 1] = {1, 0};
  EXPECT_EQ(seen_once(column), 6);
}

// `days` of rows in which everything wobbles, `per_block` every five minutes.
Table timed_table(int days, int per_block, int columns) {
  std::uint64_t state = 7;
  const auto draw = [&state] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 11U) / 9007199254740992.;
  };
  const char* const names[] = {"red", "green", "blue"};
  Table table;
  for (int c = 0; c < columns; ++c) {
    TableColumn& column = table.features.emplace_back("c" + std::to_string(c));
    for (int row = 0; row < days * 288 * per_block; ++row) {
      const double u = draw();
      if (c % 5 == 4) {
        column.push(u < .02 ? null_value() : text(names[static_cast<int>(u * 3)]));
      } else {
        column.push(u < .02 ? null_value() : number(u * u));
      }
    }
  }
  for (int row = 0; row < days * 288 * per_block; ++row) {
    table.times.push_back(1767571200 * kSecond + row * (5 * kMinute / per_block));
    table.ids.emplace_back();
    table.predicted.emplace_back();
    table.verdicts.emplace_back();
  }
  return table;
}

MeasureOptions daily() {
  MeasureOptions options;
  options.calendar.cells = Cells::hour_of_day;
  return options;
}

TEST(ColumnReferences, CountEveryBlockAsTheWholeIsCounted) {
  const Profile profile = build_profile(timed_table(3, 4, 5), {}).value();
  const std::vector<ColumnBlocks> blocks = blocks_of(profile, Side::predictions).value();
  ASSERT_EQ(blocks.size(), 5U);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const ColumnProfile& column = profile.columns[i];
    const std::size_t width = counts_of(column);
    EXPECT_EQ(blocks[i].starts.size(), 3U * 288);
    Counts sum(width, 0);
    for (std::size_t k = 0; k < blocks[i].counts.size(); ++k) sum[k % width] += blocks[i].counts[k];
    Counts whole(width, 0);
    add_column_counts(column, column.reference, whole);
    EXPECT_EQ(sum, whole);
  }
}

TEST(ColumnReferences, AreThoseOfEachMonitorByItself) {
  const Profile profile = build_profile(timed_table(3, 4, 5), {}).value();
  const std::vector<ColumnBlocks> blocks = blocks_of(profile, Side::predictions).value();
  const ColumnProfile& column = profile.columns.front();
  const std::size_t width = counts_of(column);
  std::vector<BlockCounts> missing;
  Counts total(2, 0);
  for (std::size_t i = 0; i < blocks[0].starts.size(); ++i) {
    const auto begin =
        blocks[0].counts.begin() + static_cast<std::ptrdiff_t>(i * width + column.evidence_bins);
    missing.push_back({blocks[0].starts[i], {begin, begin + 2}});
    total[0] += begin[0];
    total[1] += begin[1];
  }
  const MonitorReferences found = references_of(column, blocks[0], daily());
  const MonitorReference alone = measure(total, missing, Functionals::value, daily());
  ASSERT_EQ(found.size(), 5U);
  EXPECT_EQ(found[1].p, alone.p);
  EXPECT_EQ(found[1].inflation, alone.inflation);
  EXPECT_EQ(found[1].per_slot, alone.per_slot);
  EXPECT_NEAR(alone.p[1], .02, .01);
  EXPECT_EQ(found[0].n, static_cast<double>(column.present()));
  EXPECT_FALSE(found[0].regimes.front().blocks.empty());
  EXPECT_TRUE(found[1].regimes.front().blocks.empty());
  EXPECT_EQ(found[3].p, (std::vector<double>{1, 0}));  // nothing lies below the minimum
}

TEST(ColumnReferences, GuessNewCategoriesFromThoseSeenOnce) {
  Table table = timed_table(3, 1, 5);
  TableColumn column("zip");
  for (std::size_t row = 0; row < table.size(); ++row)
    column.push(text(row % 40 == 0 ? std::to_string(row) : "x"));
  table.features.clear();
  table.features.push_back(std::move(column));
  const Profile profile = build_profile(table, {}).value();
  const std::vector<ColumnBlocks> blocks = blocks_of(profile, Side::predictions).value();
  const MonitorReferences found = references_of(profile.columns.front(), blocks.front(), daily());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[2].p[1], 22. / 864);
  EXPECT_EQ(found[2].inflation, 1);
  EXPECT_EQ(found[2].per_slot, 1. / 5);
  EXPECT_EQ(found[2].resolved, found[0].resolved);
  ASSERT_EQ(found[2].regimes.front().cells.size(), 24U);
  for (const CellLaw& law : found[2].regimes.front().cells) EXPECT_EQ(law.n, 864);
}

TEST(ColumnReferences, HoldARegimeForEachProfile) {
  const Profile profile = build_profile(timed_table(3, 2, 5), {}).value();
  const std::vector<ColumnBlocks> blocks = blocks_of(profile, Side::predictions).value();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const ColumnProfile& column = profile.columns[i];
    EXPECT_TRUE(same_bins(column, column));
    MonitorReferences found = references_of(column, blocks[i], daily());
    const MonitorReferences once = found;
    add_regimes(found, column, blocks[i], daily());
    for (std::size_t m = 0; m < found.size(); ++m) {
      ASSERT_EQ(found[m].regimes.size(), 2U);
      EXPECT_EQ(found[m].inflation, once[m].inflation);
      EXPECT_EQ(found[m].resolved, once[m].resolved);
      EXPECT_EQ(found[m].regimes[1].cells[7].p, found[m].regimes[0].cells[7].p);
    }
  }
  EXPECT_FALSE(same_bins(profile.columns[0], profile.columns[1]));
  EXPECT_FALSE(same_bins(profile.columns[0], profile.columns[4]));
}

TEST(ColumnReferences, RefuseBlocksOfAnotherProfile) {
  Profile profile = build_profile(timed_table(1, 1, 2), {}).value();
  profile.blocks[3].predictions = "no tally";
  EXPECT_FALSE(blocks_of(profile, Side::predictions).ok());
  EXPECT_TRUE(blocks_of(profile, Side::pairs).ok());
}

// CPU seconds that the references of twenty columns take.
double measuring_takes(int days) {
  const Profile profile = build_profile(timed_table(days, 4, 20), {}).value();
  MeasureOptions options;
  for (int year = 0; year < 130; ++year) options.calendar.zone.changes.push_back({year * 180 * kDay, kHour});
  const std::clock_t begin = std::clock();
  const std::vector<ColumnBlocks> blocks = blocks_of(profile, Side::predictions).value();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_FALSE(references_of(profile.columns[i], blocks[i], options).empty());
  }
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

TEST(ColumnReferences, AreMeasuredInTimeThatGrowsWithTheBlocks) {
  const double week = measuring_takes(7);
  EXPECT_LT(measuring_takes(28), 10 * week);  // 4 times the blocks; 16 if it grew with their square
}

}  // namespace
}  // namespace driftd::detectors::evidence
