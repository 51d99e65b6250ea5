// How soon a change shows that no feature shows by itself (STATISTICS 11): ten normal columns, one false
// alarm per 100,000 events allowed. The figures there are of a known reference without floors; here it has
// 100,000 rows, of which pairs are counted on half, and slots hold ten events.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/evidence/kind_evidence.h"
#include "detectors/maths/distributions.h"
#include "tests/detectors/derived/references.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::derived::testing {
namespace {

constexpr std::size_t kColumns = 10;
constexpr std::size_t kSlot = 10;
constexpr double kPerEvent = 1e-5;

using Row = std::array<double, kColumns>;
using Stream = std::function<Row(evidence::testing::Random&)>;

double normal(evidence::testing::Random& random) {
  return maths::normal_quantile(std::clamp(random.uniform(), 1e-15, 1 - 1e-15));
}

Row independent(evidence::testing::Random& random) {
  Row row{};
  for (double& one : row) one = normal(random);
  return row;
}
Row correlated(evidence::testing::Random& random) {
  Row row = independent(random);
  row[1] = .5 * row[0] + std::sqrt(.75) * row[1];
  return row;
}
Row shifted(evidence::testing::Random& random) {
  Row row = independent(random);
  for (double& one : row) one += .15;
  return row;
}

const Profile& reference() {
  static const Profile made = [] {
    evidence::testing::Random random(1);
    std::vector<std::pair<std::string, std::vector<double>>> columns(kColumns);
    for (std::size_t i = 0; i < kColumns; ++i) columns[i].first = "x" + std::to_string(i);
    for (int row = 0; row < 100'000; ++row) {
      const Row values = independent(random);
      for (std::size_t i = 0; i < kColumns; ++i) columns[i].second.push_back(values[i]);
    }
    return reference_of(timed_table(columns), all_options());
  }();
  return made;
}

enum class Watched : std::uint8_t { marginals, pairs, projections };

bool is_watched(const ColumnProfile& column, Watched which) {
  if (which == Watched::marginals) return column.role == Role::feature;
  const char* sign = which == Watched::pairs ? "*" : "projection";
  return column.role == Role::derived && column.name.find(sign) != std::string::npos;
}

// Events until the alarm; none within `most`.
std::optional<std::size_t> delay(Watched which, const Stream& stream, std::uint64_t seed, std::size_t most,
                                 const evidence::Floors& floors = {0, 0.}) {
  const Profile& profile = reference();
  const Binner binner(profile, Side::predictions);
  const RowDeriver deriver(profile);
  evidence::KindEvidence kind({kSecond, 1}, -1);
  std::vector<std::uint32_t> places;
  for (std::uint32_t i = 0; i < profile.columns.size(); ++i)
    if (is_watched(profile.columns[i], which)) places.push_back(i);
  std::vector<evidence::SeriesName> series;
  for (const std::uint32_t place : places) {
    const ColumnProfile& column = profile.columns[place];
    series.push_back({"", place, column.name});
    const auto references =
        evidence::references_of(column, {}, {.calendar = {}, .slot = kSecond, .measure = false});
    kind.add(series.back(), evidence::column_monitors(column, references, floors),
             1.0 / static_cast<double>(places.size()));
  }
  kind.set_grant(-1, kPerEvent * kSlot);
  evidence::testing::Random random(seed);
  Tally tally(std::make_shared<const TallyLayout>(profile, Side::predictions));
  DerivedRow derived;
  std::vector<std::uint8_t> cells(kColumns), no_places(kColumns, 0);
  for (std::size_t event = 0; event < most; event += kSlot) {
    tally.clear();
    for (std::size_t i = 0; i < kSlot; ++i) {
      const Row row = stream(random);
      for (std::uint32_t column = 0; column < kColumns; ++column)
        cells[column] = binner.cell_of(column, row[column]).cell;
      tally.add(cells, no_places);
      deriver.count(cells, tally, derived);
    }
    std::vector<evidence::KindEvidence::SlotCounts> counts;
    for (std::size_t i = 0; i < places.size(); ++i) {
      const ColumnProfile& column = profile.columns[places[i]];
      counts.push_back({&series[i], std::vector<std::int64_t>(evidence::counts_of(column), 0)});
      evidence::add_column_counts(column, tally.column(places[i]), counts.back().counts);
    }
    if (kind.close(static_cast<std::int64_t>(event / kSlot), 0, counts)) return event + kSlot;
  }
  return std::nullopt;
}

// Of five streams.
double median_delay(Watched which, const Stream& stream, std::size_t most) {
  std::vector<double> delays;
  for (std::uint64_t seed = 11; seed < 16; ++seed)
    delays.push_back(static_cast<double>(delay(which, stream, seed, most).value_or(10 * most)));
  std::sort(delays.begin(), delays.end());
  ::testing::Test::RecordProperty("median_delay", std::to_string(delays[2]));
  return delays[2];
}

TEST(DerivedDelays, PairsSeeACorrelationAtOnceThatMarginalsNeverSee) {
  const double pairs = median_delay(Watched::pairs, correlated, 2000);
  EXPECT_LE(pairs, 2 * 177);
  EXPECT_GE(pairs, 60);  // sooner would be guessing
  EXPECT_EQ(delay(Watched::marginals, correlated, 11, 4000), std::nullopt);
}

TEST(DerivedDelays, PairsStillSeeItSoonWithTheFloorsThatAreTheDefault) {
  const auto found = delay(Watched::pairs, correlated, 11, 2000, {});
  ASSERT_TRUE(found);
  EXPECT_LE(*found, 3 * 177U);
}

TEST(DerivedDelays, ProjectionsSeeACorrelationLater) {
  const double projections = median_delay(Watched::projections, correlated, 5000);
  EXPECT_LE(projections, 2 * 1227);
  EXPECT_GE(projections, 354);  // pairs are the ones for it
}

TEST(DerivedDelays, ProjectionsSeeASmallShiftOfAllColumnsBeforeMarginalsDo) {
  const double marginals = median_delay(Watched::marginals, shifted, 4000);
  const double projections = median_delay(Watched::projections, shifted, 4000);
  EXPECT_LT(projections, marginals);
  EXPECT_LE(projections, 2 * 375);
  EXPECT_LE(marginals, 2 * 643);
}

TEST(DerivedDelays, NothingAlarmsWhereNothingChanges) {
  for (const Watched which : {Watched::pairs, Watched::projections})
    EXPECT_EQ(delay(which, independent, 21, 10'000, {}), std::nullopt);
}

}  // namespace
}  // namespace driftd::detectors::derived::testing
