#include "detectors/evidence/reference_measures.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <string>

namespace driftd::detectors::evidence {
namespace {

constexpr Time kStart = 1767571500 * kSecond;  // 2026-01-05T00:05:00Z, a Monday
constexpr Duration kBlock = 5 * kMinute;

std::vector<std::int64_t> total_of(const std::vector<BlockCounts>& blocks) {
  std::vector<std::int64_t> total(blocks.front().counts.size(), 0);
  for (const BlockCounts& block : blocks) {
    for (std::size_t k = 0; k < total.size(); ++k) total[k] += block.counts[k];
  }
  return total;
}

MonitorReference measured(const std::vector<BlockCounts>& blocks, Functionals functionals,
                          const MeasureOptions& options) {
  return measure(total_of(blocks), blocks, functionals, options);
}

MeasureOptions options_with(Cells cells, Duration slot = 5 * kMinute) {
  MeasureOptions options;
  options.calendar.cells = cells;
  options.slot = slot;
  return options;
}

// The stream of measures_cases.py, number for number.
std::vector<BlockCounts> cases_stream(std::istringstream& words) {
  std::size_t symbols = 0;
  int size = 0;
  double rate = 0;
  double gaps = 0;
  std::uint64_t state = 0;
  words >> symbols >> size >> rate >> gaps >> state;
  const auto draw = [&state] {
    state = state * 6364136223846793005U + 1442695040888963407U;
    return static_cast<double>(state >> 11U) / 9007199254740992.;
  };
  std::vector<BlockCounts> blocks;
  double wobble = 0;
  for (int i = 0; i < size; ++i) {
    BlockCounts block{kStart + i * kBlock, {}};
    if (i % 288 == 0) wobble = .6 * draw() - .3;
    const auto hour = static_cast<std::size_t>(block.start % kDay / kHour);
    for (std::size_t k = 0; k < symbols; ++k) {
      const double cycle = static_cast<double>((hour + 3 * k) % 24) / 24;
      const double level = 1 + cycle + (2 * k < symbols ? wobble : -wobble);
      block.counts.push_back(static_cast<std::int64_t>(std::floor(draw() * rate * level)));
    }
    if (draw() >= gaps) blocks.push_back(std::move(block));
  }
  return blocks;
}

double next_number(std::istringstream& words) {
  std::string word;
  words >> word;
  return std::strtod(word.c_str(), nullptr);
}

// One line of measures_cases.txt after the other.
class Cases {
 public:
  void follow(const std::string& what, std::istringstream& words) {
    if (what == "stream") blocks_ = cases_stream(words);
    if (what == "measure") measure_next(words);
    if (what == "reference") check_reference(words);
    if (what == "scale") check_scale(words);
    if (what == "cell") check_cell(words);
  }
  void expect_all_scales_seen() const {
    if (!found_.regimes.empty()) {
      EXPECT_EQ(found_.regimes.front().blocks.size(), scales_);
    }
  }

 private:
  void measure_next(std::istringstream& words) {
    const std::map<std::string, Functionals> kinds = {{"tilts", Functionals::tilts},
                                                      {"indicators", Functionals::indicators},
                                                      {"value", Functionals::value}};
    const std::map<std::string, Cells> cells = {
        {"one", Cells::one}, {"hour_of_day", Cells::hour_of_day}, {"hour_of_week", Cells::hour_of_week}};
    expect_all_scales_seen();
    std::string kind;
    std::string cell_kind;
    words >> kind >> cell_kind;
    const auto slot = static_cast<Duration>(next_number(words)) * kSecond;
    found_ = measured(blocks_, kinds.at(kind), options_with(cells.at(cell_kind), slot));
    scales_ = 0;
  }
  void check_reference(std::istringstream& words) const {
    const double inflation = next_number(words);
    EXPECT_NEAR(found_.inflation, inflation, 1e-9 * inflation);
    EXPECT_EQ(found_.resolved, next_number(words) == 1);
    EXPECT_EQ(found_.n, next_number(words));
    const double per_slot = next_number(words);
    EXPECT_NEAR(found_.per_slot, per_slot, 1e-12 * per_slot);
  }
  void check_scale(std::istringstream& words) {
    ASSERT_LT(scales_, found_.regimes.front().blocks.size());
    const BlockScale& scale = found_.regimes.front().blocks[scales_++];
    EXPECT_EQ(static_cast<double>(scale.block / kSecond), next_number(words));
    for (const double tau2 : scale.tau2) EXPECT_NEAR(tau2, next_number(words), 1e-11);
  }
  void check_cell(std::istringstream& words) const {
    const auto cell = static_cast<std::size_t>(next_number(words));
    ASSERT_LT(cell, found_.regimes.front().cells.size());
    const CellLaw& law = found_.regimes.front().cells[cell];
    EXPECT_EQ(law.n, next_number(words));
    for (const double p : law.p) EXPECT_NEAR(p, next_number(words), 1e-14);
  }

  std::vector<BlockCounts> blocks_;
  MonitorReference found_;
  std::size_t scales_ = 0;
};

// measures_cases.txt is written by measures_cases.py.
TEST(ReferenceMeasures, AgreeWithNumpyLawByLaw) {
  std::ifstream file(DRIFTD_SOURCE_DIR "/tests/detectors/measures_cases.txt");
  ASSERT_TRUE(file);
  Cases cases;
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    SCOPED_TRACE(line);
    std::istringstream words(line);
    std::string what;
    words >> what;
    cases.follow(what, words);
  }
  cases.expect_all_scales_seen();
  EXPECT_GE(lines, 50);
}

// Streams of standard normals in 20 bins of equal mass, moved by what `shift` says of each block; within a
// block the values are an AR(1) with this coefficient.
class NormalStream {
 public:
  explicit NormalStream(std::uint64_t seed, double rho = 0) : random_(seed), rho_(rho) {}

  double normal() { return normal_(random_); }
  BlockCounts block(int number, int events, double shift) {
    BlockCounts block{kStart + number * kBlock, std::vector<std::int64_t>(20, 0)};
    for (int i = 0; i < events; ++i) {
      last_ = rho_ * last_ + std::sqrt(1 - rho_ * rho_) * normal();
      const double u = .5 * std::erfc(-(last_ + shift) / std::sqrt(2.));
      ++block.counts[std::min<std::size_t>(static_cast<std::size_t>(u * 20), 19)];
    }
    return block;
  }

 private:
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  double rho_;
  double last_ = 0;
};

double mean_inflation(double rho, double day_wobble, int per_block, Cells cells, int streams) {
  double sum = 0;
  for (int seed = 1; seed <= streams; ++seed) {
    NormalStream stream(seed, rho);
    std::vector<BlockCounts> blocks;
    double shift = 0;
    for (int i = 0; i < 28 * 288; ++i) {
      if (i % 288 == 0) shift = day_wobble * stream.normal();
      blocks.push_back(stream.block(i, per_block, shift));
    }
    sum += measured(blocks, Functionals::tilts, options_with(cells)).inflation;
  }
  return sum / streams;
}

// The largest of several noisy ratios, each raised by 1 + sqrt(2/nb): a little above what they estimate.
constexpr double kCaution = 2.2;

TEST(Inflation, OfIndependentEventsIsAboutOne) {
  const double inflation = mean_inflation(0, 0, 10, Cells::hour_of_day, 6);
  EXPECT_GE(inflation, 1);
  EXPECT_LE(inflation, kCaution);
}

TEST(Inflation, OfDependentEventsIsWhatTheirAutocorrelationsAddUpTo) {
  constexpr double kRho = .5;
  constexpr double kSum = (1 + kRho) / (1 - kRho);
  const double inflation = mean_inflation(kRho, 0, 10, Cells::hour_of_day, 6);
  EXPECT_GE(inflation, kSum);
  EXPECT_LE(inflation, kCaution * kSum);
}

// STATISTICS 5: 57,600 events a day, which wobble by .03 sd, count as about 550: a factor of about 105.
TEST(Inflation, FindsASmallWobbleFromDayToDay) {
  const double inflation = mean_inflation(0, .03, 200, Cells::hour_of_week, 4);
  EXPECT_GE(inflation, 60);
  EXPECT_LE(inflation, 160);
}

TEST(Inflation, IsNotMeasuredWhereTheProtocolSaysSo) {
  NormalStream stream(1);
  std::vector<BlockCounts> blocks;
  for (int i = 0; i < 3 * 288; ++i) blocks.push_back(stream.block(i, 20, i % 288 < 144 ? 1 : -1));
  MeasureOptions options = options_with(Cells::one);
  EXPECT_GT(measured(blocks, Functionals::tilts, options).inflation, 50);
  options.measure = false;
  const MonitorReference found = measured(blocks, Functionals::tilts, options);
  EXPECT_EQ(found.inflation, 1);
  EXPECT_TRUE(found.resolved);
  EXPECT_TRUE(found.regimes.front().blocks.empty());
}

TEST(Inflation, IsUnresolvedWhereTheWobbleStillGrows) {
  NormalStream stream(1);
  std::vector<BlockCounts> blocks;  // up for two days, down for two days
  for (int i = 0; i < 28 * 288; ++i) blocks.push_back(stream.block(i, 20, i / 576 % 2 == 0 ? .2 : -.2));
  EXPECT_FALSE(measured(blocks, Functionals::tilts, options_with(Cells::hour_of_week)).resolved);
}

// docs/decisions/0007: by the letter of STATISTICS 5 about a third would be flagged.
TEST(Inflation, IsResolvedWhereEventsAreIndependentAtFourteenDays) {
  int unresolved = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    NormalStream stream(seed);
    std::vector<BlockCounts> blocks;
    for (int i = 0; i < 14 * 288; ++i) blocks.push_back(stream.block(i, 20, 0));
    if (!measured(blocks, Functionals::tilts, options_with(Cells::hour_of_week)).resolved) ++unresolved;
  }
  EXPECT_LE(unresolved, 12);
}

TEST(ReferenceMeasures, OfWhatNeverVariesInflateNothing) {
  std::vector<BlockCounts> blocks;
  for (int i = 0; i < 3 * 288; ++i) blocks.push_back({kStart + i * kBlock, {7, 0}});
  for (const Functionals functionals : {Functionals::tilts, Functionals::indicators, Functionals::value}) {
    const MonitorReference found = measured(blocks, functionals, options_with(Cells::hour_of_day));
    EXPECT_EQ(found.inflation, 1);
    EXPECT_TRUE(found.resolved);
    EXPECT_EQ(found.regimes.front().cells.at(5).p, (std::vector<double>{1, 0}));
  }
}

TEST(ReferenceMeasures, WithoutBlocksGiveEveryCellTheLawOfTheWhole) {
  const std::vector<std::int64_t> total = {30, 10};
  const MonitorReference found =
      measure(total, {}, Functionals::indicators, options_with(Cells::hour_of_week));
  ASSERT_EQ(found.regimes.front().cells.size(), 168U);
  for (const CellLaw& law : found.regimes.front().cells) {
    EXPECT_EQ(law.p, (std::vector<double>{.75, .25}));
    EXPECT_EQ(law.n, 40);
  }
  EXPECT_EQ(found.inflation, 1);
  EXPECT_EQ(found.per_slot, 0);
  EXPECT_FALSE(found.resolved);
}

TEST(ReferenceMeasures, TakeABurstThatOneWeekAloneHasForDependence) {
  std::vector<BlockCounts> blocks;
  for (int i = 0; i < 28 * 288; ++i) blocks.push_back({kStart + i * kBlock, {20, i == 1000 ? 500 : 0}});
  EXPECT_GT(measured(blocks, Functionals::value, options_with(Cells::hour_of_week)).inflation, 100);
}

TEST(ReferenceMeasures, SurviveTimesThatLieAgesApart) {
  std::vector<BlockCounts> blocks = {{slot_start(slot_of(kEarliestTime, kBlock) + 1, kBlock), {3, 4}}};
  for (int i = 0; i < 288; ++i) blocks.push_back({kStart + i * kBlock, {i % 3, i % 5}});
  blocks.push_back({slot_start(slot_of(kLatestTime, kBlock), kBlock), {5, 1}});
  const MonitorReference found = measured(blocks, Functionals::tilts, options_with(Cells::hour_of_week));
  EXPECT_TRUE(std::isfinite(found.inflation));
  EXPECT_GE(found.inflation, 1);
}

TEST(ReferenceMeasures, OfSeveralRegimesAreTheWorstOfAll) {
  NormalStream stream(2);
  std::vector<BlockCounts> calm;
  std::vector<BlockCounts> wild;
  for (int i = 0; i < 4 * 288; ++i) {
    calm.push_back(stream.block(i, 20, 0));
    wild.push_back(stream.block(i, 10, i / 12 % 5 < 2 ? .8 : 0));
  }
  const MeasureOptions options = options_with(Cells::hour_of_day);
  const MonitorReference first = measured(calm, Functionals::tilts, options);
  MonitorReference both = first;
  add_regime(both, total_of(wild), wild, Functionals::tilts, options);
  ASSERT_EQ(both.regimes.size(), 2U);
  EXPECT_EQ(both.p, first.p);
  EXPECT_EQ(both.n, first.n);
  EXPECT_GT(both.inflation, 2 * first.inflation);
  EXPECT_EQ(both.per_slot, 10);
  EXPECT_NE(both.regimes[0].cells[3].p, both.regimes[1].cells[3].p);
  EXPECT_EQ(both.regimes[1].cells.size(), 24U);
  EXPECT_FALSE(both.regimes[1].blocks.empty());
}

}  // namespace
}  // namespace driftd::detectors::evidence
