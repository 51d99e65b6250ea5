// What an alarm says of where its evidence comes from, over random references, streams, segments and grants:
// shares over series and shapes sum to 1, and the columns that pause are the fewest that hold 95 %
// (STATISTICS 7).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "detectors/binning.h"
#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/evidence/kind_evidence.h"
#include "detectors/tally.h"
#include "tests/detectors/evidence_streams.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors::evidence::testing {
namespace {

constexpr std::size_t kSlot = 20, kSlots = 150, kReferenceRows = 2000;
constexpr const char* kColours[] = {"red", "green", "blue", "black"};

// Two numeric columns, one of few values, and one of colours, moved by so much; some are missing.
std::vector<Value> random_row(Random& random, double moved) {
  const auto few = static_cast<double>(static_cast<int>(5 * random.uniform() + 2 * moved));
  const auto colour = static_cast<std::size_t>(3.99 * std::min(random.uniform() + moved / 2, 1.0));
  return {random.uniform() < .03 + moved / 4 ? null_value() : number(random.uniform() + moved), number(few),
          text(kColours[colour])};
}

Profile random_reference(Random& random) {
  std::vector<std::pair<std::string, std::vector<Value>>> columns = {{"x", {}}, {"few", {}}, {"colour", {}}};
  for (std::size_t i = 0; i < kReferenceRows; ++i) {
    const auto row = random_row(random, 0);
    for (std::size_t column = 0; column < row.size(); ++column) columns[column].second.push_back(row[column]);
  }
  return profile_with(std::move(columns));
}

void expect_whole(const Alarm& alarm) {
  double sum = 0, before = 1;
  std::map<std::string, double> by_column;
  for (const AlarmPart& part : alarm.parts) {
    EXPECT_GE(part.share, 0);
    EXPECT_LE(part.share, before);  // in decreasing share
    before = part.share;
    sum += part.share;
    by_column[part.series.column] += part.share;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_GE(alarm.evidence, 1);
  double paused = 0;
  ASSERT_FALSE(alarm.columns.empty());
  for (std::size_t i = 0; i < alarm.columns.size(); ++i) {
    EXPECT_LT(paused, kPausedShare) << "one column fewer would do";
    paused += by_column.at(alarm.columns[i]);
  }
  EXPECT_GE(paused, kPausedShare - 1e-12);
}

class Watch {
 public:
  Watch(const Profile& profile, Random& random)
      : profile_(profile), binner_(profile, Side::predictions), kind_({kSecond, .999}, -1) {
    for (const char* segment : {"", "country=DE"}) {
      for (std::uint32_t place = 0; place < profile.columns.size(); ++place) {
        const ColumnProfile& column = profile.columns[place];
        names_.push_back({segment, place, column.name});
        const auto references =
            references_of(column, {}, {.calendar = {}, .slot = kSecond, .measure = false});
        kind_.add(names_.back(), column_monitors(column, references), random.uniform() / 6);
      }
    }
    kind_.set_grant(-1, std::pow(10, -1 - 3 * random.uniform()));
  }
  std::optional<Alarm> close(std::int64_t slot, Random& random, double moved) {
    std::vector<KindEvidence::SlotCounts> counts;
    for (const SeriesName& name : names_)
      counts.push_back({&name, std::vector<std::int64_t>(counts_of(profile_.columns[name.place]), 0)});
    for (std::size_t begin = 0; begin < names_.size(); begin += profile_.columns.size()) {
      Tally tally(std::make_shared<const TallyLayout>(profile_, Side::predictions));
      std::vector<std::uint8_t> cells(profile_.columns.size()), places(profile_.columns.size(), 0);
      for (std::size_t i = 0; i < kSlot; ++i) {
        const auto row = random_row(random, moved);
        for (std::uint32_t column = 0; column < row.size(); ++column)
          cells[column] = binner_.cell_of(column, row[column]).cell;
        tally.add(cells, places);
      }
      for (std::size_t i = 0; i < profile_.columns.size(); ++i)
        add_column_counts(profile_.columns[i], tally.column(i), counts[begin + i].counts);
    }
    const auto alarm = kind_.close(slot, 0, counts);
    if (alarm) kind_.resume(slot, kind_.paused());
    return alarm;
  }

 private:
  const Profile& profile_;
  Binner binner_;
  KindEvidence kind_;
  std::vector<SeriesName> names_;
};

TEST(AlarmShares, SumToOneOverSeriesAndShapes) {
  std::size_t alarms = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    const Profile profile = random_reference(random);
    Watch watch(profile, random);
    const double most = random.uniform();
    for (std::size_t slot = 0; slot < kSlots; ++slot) {
      const double moved = slot < kSlots / 2 ? 0 : most * random.uniform();
      const auto alarm = watch.close(static_cast<std::int64_t>(slot), random, moved);
      if (!alarm) continue;
      ++alarms;
      expect_whole(*alarm);
      if (HasFailure()) FAIL() << "seed " << seed << ", slot " << slot;
    }
  }
  EXPECT_GT(alarms, 100U);  // of a single column, of many, of both segments
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
