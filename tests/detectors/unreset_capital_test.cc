// The copy that no alarm resets: against the recursion of STATISTICS 8 written out, slot by slot.
#include "detectors/evidence/unreset_capital.h"

#include <gtest/gtest.h>

#include <cmath>

#include "detectors/evidence/kind_evidence.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {
namespace {

constexpr std::size_t kBins = 6;
const Pace kPace{kMinute, 0.995};

std::shared_ptr<const SeriesMonitors> two_monitors(bool bank) {
  auto monitors = std::make_shared<SeriesMonitors>();
  MonitorReference numeric = reference_of(std::vector<double>(kBins, 1.0 / kBins), 5000);
  numeric.regimes.front().blocks.push_back({kMinute, {1e-3, 1e-3}});
  numeric.inflation = 2;
  numeric.per_slot = 30;
  monitors->monitors.push_back({numeric_monitor(numeric), 0.8, numeric.inflation, numeric.per_slot});
  monitors->monitors.push_back({rate_monitor(reference_of({0.9, 0.1}, 5000), Shape::missing), 0.2, 3, 30});
  if (bank) monitors->bank = bank_laws(numeric);
  return monitors;
}

// M_c = L_c^(1/VIF) (eta M_c + w_c g) and G = eta G + (sum of w) g, whatever happens to the series.
struct Plain {
  std::shared_ptr<const SeriesMonitors> monitors;
  std::vector<double> weights = component_weights(*monitors);
  std::vector<double> capital = std::vector<double>(weights.size());
  double granted = 0;

  void slot(const SeriesEvidence& series, std::span<const std::int64_t> counts, double grant) {
    std::size_t c = 0, from = 0;
    for (std::size_t m = 0; m < monitors->monitors.size(); ++m) {
      const Monitor& monitor = *monitors->monitors[m].monitor;
      std::vector<double> logs(monitor.components().size());
      if (!counts.empty()) monitor.log_likelihoods(counts.subspan(from, monitor.width()), 0, logs);
      for (const double log : logs) {
        capital[c] = std::exp(log / series.inflation(m)) * (kPace.eta * capital[c] + weights[c] * grant);
        capital[c] = std::min(capital[c], kMostUnresetCapital);
        ++c;
      }
      from += monitor.width();
    }
    double sum = 0;
    for (const double weight : weights) sum += weight;
    granted = kPace.eta * granted + sum * grant;
  }
  [[nodiscard]] double sum() const {
    double all = 0;
    for (const double one : capital) all += one;
    return all;
  }
};

std::vector<std::int64_t> counts_of(Random& random, std::size_t shift) {
  std::vector<std::int64_t> counts(kBins + 2);
  for (std::size_t i = 0; i < 40; ++i) {
    ++counts[std::min(random.below(kBins) + (random.below(6) == 0 ? shift : 0), kBins - 1)];
    ++counts[kBins + (random.uniform() < 0.1 ? 1 : 0)];
  }
  return counts;
}

void expect_near(const Standing& found, const Plain& plain, std::int64_t slot) {
  EXPECT_NEAR(found.capital, plain.sum(), 1e-9 * (1e-3 + plain.sum())) << slot;
  EXPECT_NEAR(found.granted, plain.granted, 1e-12 * plain.granted) << slot;
}

TEST(UnresetCapital, IsTheCapitalWithoutAlarmsAndPauses) {
  for (const bool bank : {false, true}) {
    const auto monitors = two_monitors(bank);
    SeriesEvidence series(monitors, kPace);
    Plain plain{monitors};
    Random random(3);
    int alarms = 0;
    double highest = 0;
    for (std::int64_t slot = 0; slot < 900; ++slot) {
      const double grant = slot < 300 ? 1e-2 : 5e-3;
      if (slot == 300) series.carry(slot - 1, 1e-2);
      const bool empty = slot > 0 && random.below(5) == 0;
      const auto counts = counts_of(random, slot / 200 % 2 == 1 ? 2 : 0);
      if (!empty) series.close(slot, 0, counts, grant);
      plain.slot(series, empty ? std::span<const std::int64_t>() : counts, grant);
      expect_near(series.standing(slot, grant), plain, slot);
      highest = std::max(highest, plain.sum());
      if (!series.paused() && series.sum(slot, grant) >= 1) {
        ++alarms;
        series.carry(slot, grant);
        series.reset(slot);
        if (alarms % 2 == 1) series.pause(slot);
      }
      if (series.paused() && slot % 100 == 99) {
        series.carry(slot, grant);
        series.resume(slot);
      }
      expect_near(series.standing(slot, grant), plain, slot);
    }
    EXPECT_GE(alarms, 2);     // the first pauses it, the second does not
    EXPECT_GT(highest, 100);  // far above what alarms let the series itself have
  }
}

// States of format 6 know no copy: it begins with nothing, granted or won, though the series has capital.
TEST(UnresetCapital, BeginsWithNothingWhereTheStateKnewNoCopy) {
  const auto monitors = two_monitors(false);
  SeriesEvidence old(monitors, kPace);
  Random random(4);
  const double grant = 1e-2;
  for (std::int64_t slot = 0; slot < 40; ++slot) old.close(slot, 0, counts_of(random, 0), grant);
  ASSERT_GT(old.sum(39, grant), 0.01);
  Encoder out;
  old.save(out);
  Encoder copy;
  UnresetCapital(kPace.eta).save(copy);
  const std::string bytes = out.bytes().substr(0, out.bytes().size() - copy.bytes().size());
  Decoder in(Unsealed{6, bytes});
  auto loaded = SeriesEvidence::load(monitors, kPace, in);
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(in.at_end());
  EXPECT_EQ(loaded->sum(39, grant), old.sum(39, grant));
  Plain plain{monitors};
  expect_near(loaded->standing(39, grant), plain, 39);
  for (std::int64_t slot = 40; slot < 300; ++slot) {
    const auto counts = counts_of(random, slot > 150 ? 2 : 0);
    loaded->close(slot, 0, counts, grant);
    plain.slot(*loaded, counts, grant);
    expect_near(loaded->standing(slot, grant), plain, slot);
    if (loaded->sum(slot, grant) >= 1) loaded->reset(slot);
  }
  EXPECT_GT(plain.sum(), 1);
}

TEST(UnresetCapital, OfAKindGoesOnThroughItsAlarmsAndNeverChangesThem) {
  const auto monitors = two_monitors(true);
  const SeriesName moving{"", 0, "moving"}, still{"", 1, "still"};
  KindEvidence kind(kPace, -1);
  kind.set_grant(-1, 1e-3);
  kind.add(moving, monitors, 0.5);
  kind.add(still, monitors, 0.5);
  Random random(6);
  int alarms = 0;
  for (std::int64_t slot = 0; slot < 600; ++slot) {
    const std::vector<KindEvidence::SlotCounts> counts = {{&moving, counts_of(random, slot > 100 ? 2 : 0)},
                                                          {&still, counts_of(random, 0)}};
    alarms += kind.close(slot, 0, counts) ? 1 : 0;
  }
  EXPECT_EQ(alarms, 1);
  EXPECT_EQ(kind.paused(), std::set<std::string>{"moving"});
  const KindStanding standing = kind.standing(599);
  EXPECT_GT(standing.whole.capital / standing.whole.granted, 1e4);
  ASSERT_EQ(standing.by_series.size(), 2U);
  EXPECT_GT(standing.by_series[0].second, 0.99 * standing.whole.capital);
  Encoder out;
  kind.save(out);
  KindEvidence again(kPace, -1);
  again.add(moving, monitors, 0.5);
  again.add(still, monitors, 0.5);
  Decoder in(out.bytes());
  ASSERT_TRUE(again.restore(in).ok());
  EXPECT_EQ(again.standing(700).whole.capital, kind.standing(700).whole.capital);
  EXPECT_EQ(again.standing(700).whole.granted, kind.standing(700).whole.granted);
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
