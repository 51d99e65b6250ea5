// The budget holds at slots of a minute, of which a reference tells no more than five at once
// (docs/decisions/0009-the-shortest-block-of-the-bank.md).
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "detectors/binning.h"
#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/evidence/kind_evidence.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors::evidence {
namespace {

constexpr int kReferenceDays = 15, kMonitoredDays = 30, kEventsAMinute = 20;
constexpr double kWobble = .6;  // sd of a minute's mean, anew for each minute
constexpr Time kMonday = 1'767'571'200 * kSecond;

class Minutes {
 public:
  explicit Minutes(std::uint64_t seed) : random_(seed), profile_(profile_with({{"x", sample()}})) {}

  [[nodiscard]] const ColumnProfile& column() const { return profile_.columns.front(); }
  std::vector<std::int64_t> next() {
    const double mean = kWobble * normal_(random_);
    std::vector<CellCount> cells(column().reference.size());
    for (int i = 0; i < kEventsAMinute; ++i)
      ++cells[binner_.cell_of(0, number(mean + normal_(random_))).cell].count;
    std::vector<std::int64_t> counts(counts_of(column()), 0);
    add_column_counts(column(), cells, counts);
    return counts;
  }

 private:
  std::vector<Value> sample() {
    std::vector<Value> values;
    for (int i = 0; i < 20'000; ++i) values.push_back(number(kWobble * normal_(random_) + normal_(random_)));
    return values;
  }

  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  Profile profile_;
  Binner binner_{profile_, Side::predictions};
};

ColumnBlocks reference_of(Minutes& stream) {
  ColumnBlocks blocks;
  for (int block = 0; block < kReferenceDays * 288; ++block) {
    std::vector<std::int64_t> sum = stream.next();
    for (int minute = 1; minute < 5; ++minute) {
      const auto counts = stream.next();
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += counts[k];
    }
    blocks.starts.push_back(kMonday + block * kProfileBlock);
    blocks.counts.insert(blocks.counts.end(), sum.begin(), sum.end());
  }
  return blocks;
}

int alarms_of(std::uint64_t seed) {
  Minutes stream(seed);
  MeasureOptions options;
  options.slot = kMinute;
  const MonitorReferences references = references_of_blocks(stream.column(), reference_of(stream), options);
  const std::int64_t first = slot_of(kMonday + kReferenceDays * kDay, kMinute);
  const double tau = .25 * kMonitoredDays * kDay;
  KindEvidence kind({kMinute, std::exp(-static_cast<double>(kMinute) / tau)}, first - 1);
  const SeriesName name{"", 0, "x"};
  kind.add(name, column_monitors(stream.column(), references), 1);
  kind.set_grant(first - 1, 1.0 / (kMonitoredDays * 1440));
  int alarms = 0;
  for (std::int64_t slot = first; slot < first + kMonitoredDays * 1440; ++slot) {
    const std::vector<KindEvidence::SlotCounts> counts = {{&name, stream.next()}};
    if (!kind.close(slot, options.calendar.cell_of(slot_start(slot, kMinute)), counts)) continue;
    ++alarms;
    kind.resume(slot, {"x"});
  }
  return alarms;
}

TEST(MinuteSlots, KeepTheBudgetOfAColumnThatWobblesFromMinuteToMinute) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr int kMonths = 1;
#else
  constexpr int kMonths = 4;
#endif
  int alarms = 0;
  for (int seed = 1; seed <= kMonths; ++seed) alarms += alarms_of(static_cast<std::uint64_t>(seed));
  EXPECT_LE(alarms, kMonths + 3 * std::sqrt(kMonths));
}

}  // namespace
}  // namespace driftd::detectors::evidence
