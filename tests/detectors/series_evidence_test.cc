#include "detectors/evidence/series_evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "detectors/maths/portable.h"
#include "tests/detectors/evidence_streams.h"

namespace driftd::detectors::evidence::testing {
namespace {

constexpr std::size_t kBins = 8;
constexpr double kGrant = 1e-4;
const Pace kPace{5 * kMinute, 0.999};

// Two regimes, two cells, scales of 5 and 15 minutes and an hour.
MonitorReference wobbling_reference() {
  MonitorReference reference = reference_of(std::vector<double>(kBins, 1.0 / kBins), 5000);
  std::vector<double> tilted(kBins);
  for (std::size_t k = 0; k < kBins; ++k) tilted[k] = (10 + static_cast<double>(k)) / 108;
  Regime regime;
  for (const Duration block : {5 * kMinute, 15 * kMinute, kHour})
    regime.blocks.push_back({block, {1e-3, 1e-3}});
  regime.cells = {{reference.p, 3000}, {tilted, 2000}};
  reference.regimes = {regime, regime};
  reference.regimes[1].cells[0].p.swap(tilted);
  reference.inflation = 3;
  reference.per_slot = 40;
  return reference;
}

// A numeric monitor, a rate, and the bank; `rate_first` puts the rate before, and leaves the bank out.
std::shared_ptr<const SeriesMonitors> two_monitors(bool rate_first = false, bool bank = true) {
  auto monitors = std::make_shared<SeriesMonitors>();
  const MonitorReference numeric = wobbling_reference();
  MonitorReference rate = reference_of({0.95, 0.05}, 5000);
  rate.regimes.front().cells.push_back(rate.regimes.front().cells.front());
  monitors->monitors.push_back({numeric_monitor(numeric), 0.9, numeric.inflation, numeric.per_slot});
  monitors->monitors.push_back({rate_monitor(rate, Shape::missing), 0.1, 2, 40});
  if (rate_first) std::swap(monitors->monitors[0], monitors->monitors[1]);
  if (bank && !rate_first) monitors->bank = bank_laws(numeric);
  return monitors;
}

std::vector<std::int64_t> random_counts(Random& random, std::size_t events, std::size_t shift) {
  std::vector<std::int64_t> counts(kBins + 2);
  for (std::size_t i = 0; i < events; ++i) {
    ++counts[std::min(random.below(kBins) + shift, kBins - 1)];
    ++counts[kBins + (random.uniform() < 0.05 ? 1 : 0)];
  }
  return counts;
}

std::string bytes_of(const SeriesEvidence& series) {
  Encoder out;
  series.save(out);
  return out.take();
}

std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }

// Slots with and without events, a change, an alarm's reset, a pause: one step of a series' life.
void live(SeriesEvidence& series, std::int64_t slot, Random& random) {
  const std::size_t events = random.below(4) == 0 ? 0 : random.below(60);
  const auto counts = random_counts(random, events, slot > 200 ? 1 : 0);
  if (events > 0 || slot % 2 == 0)
    series.close(slot, static_cast<std::size_t>(slot / 12 % 2), counts, kGrant);
  if (series.sum(slot, kGrant) >= 1) series.reset(slot);
  if (slot == 120) series.pause(slot);
  if (slot == 131) series.resume(slot);
  if (slot == 150) series.carry(slot, kGrant);
}

TEST(SeriesEvidence, IsTheSameToTheBitWhereverItWasSavedAndLoaded) {
  const auto monitors = two_monitors();
  SeriesEvidence whole(monitors, kPace);
  SeriesEvidence split(monitors, kPace);
  Random random(1);
  for (std::int64_t slot = 7; slot < 400; ++slot) {
    Random same = random;
    live(whole, slot, random);
    live(split, slot, same);
    const std::string bytes = bytes_of(split);
    Decoder in(bytes);
    Result<SeriesEvidence> loaded = SeriesEvidence::load(monitors, kPace, in);
    ASSERT_TRUE(loaded.ok());
    ASSERT_TRUE(in.at_end());
    split = std::move(*loaded);
    ASSERT_EQ(bytes_of(split), bytes_of(whole)) << slot;
    ASSERT_EQ(bits_of(split.sum(slot, kGrant)), bits_of(whole.sum(slot, kGrant)));
    ASSERT_EQ(bits_of(split.sum(slot + 9, kGrant)), bits_of(whole.sum(slot + 9, kGrant)));
    ASSERT_EQ(bits_of(split.inflation(0)), bits_of(whole.inflation(0)));
  }
}

TEST(SeriesEvidence, RefusesOrSurvivesHostileBytes) {
  const auto monitors = two_monitors();
  SeriesEvidence series(monitors, kPace);
  Random random(2);
  for (std::int64_t slot = 3; slot < 90; ++slot) live(series, slot, random);
  const std::string bytes = bytes_of(series);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Decoder in(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(SeriesEvidence::load(monitors, kPace, in).ok()) << size;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string wrong = bytes;
    wrong[i] = static_cast<char>(static_cast<unsigned char>(random.next()));
    Decoder in(wrong);
    Result<SeriesEvidence> loaded = SeriesEvidence::load(monitors, kPace, in);
    if (loaded.ok()) loaded->close(1000, 0, random_counts(random, 5, 0), kGrant);
  }
  Decoder other(bytes);
  EXPECT_FALSE(SeriesEvidence::load(two_monitors(true), kPace, other).ok());
}

TEST(SeriesEvidence, ItsClosedFormIsThatOfEverySlotAlone) {
  for (const bool bank : {false, true}) {
    const auto monitors = two_monitors(false, bank);
    SeriesEvidence at_once(monitors, kPace);
    SeriesEvidence stepped(monitors, kPace);
    Random random(3);
    const auto counts = random_counts(random, 50, 1);
    at_once.close(10, 0, counts, kGrant);
    stepped.close(10, 0, counts, kGrant);
    for (std::int64_t slot = 11; slot <= 5000; ++slot) stepped.carry(slot, kGrant);
    EXPECT_NEAR(at_once.sum(5000, kGrant) / stepped.sum(5000, kGrant), 1, 1e-12);
    at_once.carry(5000, kGrant);
    EXPECT_NEAR(at_once.sum(5000, kGrant) / stepped.sum(5000, kGrant), 1, 1e-12);
    // One empty slot is the recursion itself.
    SeriesEvidence one(monitors, kPace);
    one.carry(0, kGrant);
    one.carry(1, kGrant);
    EXPECT_NEAR(one.sum(1, kGrant), kGrant * (bank ? 0.5 : 1), 1e-18);
  }
}

TEST(SeriesEvidence, SaysTheSameWhetherEmptySlotsAreToldOrNot) {
  const auto monitors = two_monitors(false, false);
  SeriesEvidence told(monitors, kPace);
  SeriesEvidence untold(monitors, kPace);
  Random random(4);
  for (std::int64_t slot = 5; slot < 300; ++slot) {
    const auto counts = random_counts(random, slot % 7 == 0 || slot == 5 ? 20 : 0, 0);
    if (slot % 7 == 0 || slot == 5) untold.close(slot, 0, counts, kGrant);
    told.close(slot, 0, slot % 2 == 0 ? counts : std::vector<std::int64_t>(counts), kGrant);
    ASSERT_EQ(bits_of(told.sum(slot, kGrant)), bits_of(untold.sum(slot, kGrant)));
    if (slot % 7 != 0) told.close(slot, 0, {}, kGrant);
  }
}

// The same bets in another order of monitors win the same to the bit.
TEST(SeriesEvidence, EveryComponentWinsAloneWhateverStandsBesideIt) {
  SeriesEvidence one(two_monitors(false, false), kPace);
  SeriesEvidence other(two_monitors(true, false), kPace);
  Random random(5);
  for (std::int64_t slot = 0; slot < 100; ++slot) {
    auto counts = random_counts(random, random.below(50), 1);
    one.close(slot, 1, counts, kGrant);
    std::rotate(counts.begin(), counts.begin() + kBins, counts.end());
    other.close(slot, 1, counts, kGrant);
  }
  const auto key = [](const Contribution& part) {
    return std::tuple(part.component.shape, part.component.symbol, part.component.direction,
                      part.component.parameter, bits_of(part.amount), part.start);
  };
  std::vector<decltype(key(Contribution{}))> a;
  std::vector<decltype(key(Contribution{}))> b;
  for (const Contribution& part : one.contributions(100, kGrant)) a.push_back(key(part));
  for (const Contribution& part : other.contributions(100, kGrant)) b.push_back(key(part));
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  EXPECT_EQ(a, b);
  EXPECT_GT(a.size(), 100U);
}

TEST(SeriesEvidence, ContributionsAddUpToTheSumLargestFirst) {
  SeriesEvidence series(two_monitors(), kPace);
  Random random(6);
  for (std::int64_t slot = 0; slot < 36; ++slot) series.close(slot, 0, random_counts(random, 50, 2), kGrant);
  const std::vector<Contribution> parts = series.contributions(35, kGrant);
  double total = 0;
  double bank = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    total += parts[i].amount;
    if (parts[i].bank) bank += parts[i].amount;
    EXPECT_LE(parts[i].amount, parts[i == 0 ? 0 : i - 1].amount);
    EXPECT_EQ(parts[i].bank, !parts[i].start.has_value());
  }
  EXPECT_NEAR(total / series.sum(35, kGrant), 1, 1e-12);
  EXPECT_NEAR(bank / series.bank_sum(), 1, 1e-12);
  EXPECT_GT(bank, 0);
}

TEST(SeriesEvidence, TellsTheStartAsTheSlotFromWhichTheLogarithmsSumHighest) {
  SeriesEvidence series(series_of(std::make_unique<OneBet>(0.1, 0.2)), {kMinute, 1});
  Random random(7);
  std::vector<double> logs;
  for (std::int64_t slot = 0; slot < 300; ++slot) {
    const std::int64_t ones = random.uniform() < (slot < 100 ? 0.1 : 0.16) ? 1 : 0;
    series.close(slot, 0, std::vector<std::int64_t>{1 - ones, ones}, 1e-9);
    logs.push_back(rate_log_likelihood(static_cast<double>(ones), 1, 2.25, 0.1));
    double sum = 0;
    double highest = 0;
    std::int64_t start = slot;
    for (std::int64_t s = slot; s >= 0; --s) {
      sum += logs[static_cast<std::size_t>(s)];
      if (sum > highest + 1e-9) {
        highest = sum;
        start = s;
      }
    }
    ASSERT_EQ(series.contributions(slot, 1e-9).front().start, start) << slot;
  }
}

TEST(SeriesEvidence, TempersByTheInflationAndByTrafficBeyondTheReferences) {
  auto monitors = series_of(std::make_unique<OneBet>(0.1, 0.2));
  monitors->monitors.front().inflation = 5;
  monitors->monitors.front().per_slot = 10;
  SeriesEvidence series(monitors, {kHour, 1});
  series.close(0, 0, std::vector<std::int64_t>{5, 5}, 1e-6);
  EXPECT_EQ(series.inflation(0), 5);
  EXPECT_NEAR(series.sum(0, 1e-6), 1e-6 * std::exp((5 * std::log(2) + 5 * std::log(0.8 / 0.9)) / 5), 1e-18);
  for (std::int64_t slot = 1; slot < 168; ++slot)
    series.close(slot, 0, std::vector<std::int64_t>{30, 0}, 1e-6);
  EXPECT_NEAR(series.inflation(0), 1 + 4 * (167 * 30 + 10) / 168.0 / 10, 1e-12);
  for (std::int64_t slot = 168; slot < 168 + 84; ++slot) {
    series.close(slot, 0, std::vector<std::int64_t>{0, 0}, 1e-6);
  }
  EXPECT_NEAR(series.inflation(0), 1 + 4 * 1.5, 1e-12);  // half of the week is empty
  series.close(1000, 0, std::vector<std::int64_t>{1, 0}, 1e-6);
  EXPECT_EQ(series.inflation(0), 5);
}

TEST(SeriesEvidence, WinsNothingWhilePausedAndCatchesNothingUp) {
  SeriesEvidence series(two_monitors(), kPace);
  Random random(8);
  for (std::int64_t slot = 0; slot < 14; ++slot) series.close(slot, 0, random_counts(random, 50, 2), kGrant);
  series.pause(13);
  for (std::int64_t slot = 14; slot < 20; ++slot) {
    series.close(slot, 0, random_counts(random, 50, 2), kGrant);
    EXPECT_EQ(series.sum(slot, kGrant), 0);
    EXPECT_TRUE(series.contributions(slot, kGrant).empty());
  }
  series.resume(19);
  EXPECT_EQ(series.sum(19, kGrant), 0);
  EXPECT_NEAR(series.sum(20, kGrant), kGrant / 2, 1e-18);
  // The hour of slots 12 to 23 was not seen whole: only its shorter blocks speak.
  for (std::int64_t slot = 20; slot < 24; ++slot) series.close(slot, 0, random_counts(random, 50, 2), kGrant);
  for (const Contribution& part : series.contributions(23, kGrant)) EXPECT_NE(part.block, kHour);
  EXPECT_GT(series.bank_sum(), 0);
  for (std::int64_t slot = 24; slot < 36; ++slot) series.close(slot, 0, random_counts(random, 50, 2), kGrant);
  const std::vector<Contribution> parts = series.contributions(35, kGrant);
  EXPECT_TRUE(
      std::any_of(parts.begin(), parts.end(), [](const Contribution& part) { return part.block == kHour; }));
}

TEST(SeriesEvidence, GivesTheWeightOfMonitorsWithoutABetToTheOthers) {
  auto monitors = std::make_shared<SeriesMonitors>();
  MonitorReference constant = reference_of({1}, 5000);
  constant.regimes.front().blocks = {{kHour, {1e-3, 1e-3}}};
  EXPECT_FALSE(bank_laws(constant));
  monitors->monitors.push_back({numeric_monitor(constant), 0.9, 1, 40});
  monitors->monitors.push_back({rate_monitor(reference_of({0.95, 0.05}, 5000), Shape::missing), 0.1, 1, 40});
  ASSERT_TRUE(monitors->monitors.front().monitor->components().empty());
  SeriesEvidence series(monitors, kPace);
  series.carry(0, kGrant);
  EXPECT_NEAR(series.sum(1, kGrant), kGrant, 1e-18);
  series.close(1, 0, std::vector<std::int64_t>{40, 38, 2}, kGrant);
  EXPECT_GT(series.sum(1, kGrant), 0);
}

TEST(SeriesEvidence, NeverHoldsMoreThanTenInOneComponentNorInOneTerm) {
  SeriesEvidence series(two_monitors(), kPace);
  Random random(9);
  for (std::int64_t slot = 0; slot < 24; ++slot) series.close(slot, 0, random_counts(random, 5000, 7), 1);
  for (const Contribution& part : series.contributions(23, 1)) EXPECT_LE(part.amount, 10);
  EXPECT_EQ(series.contributions(23, 1).front().amount, 10);
}

TEST(Bank, LeavesOutBlocksWhoseLastSlotNobodyClosed) {
  const std::optional<BankLaws> laws = bank_laws(wobbling_reference());
  Bank bank(*laws, kPace.slot);
  const std::vector<std::int64_t> counts(kBins, 5);
  for (std::int64_t slot = 0; slot < 11; ++slot) bank.close(slot, 0, counts, kGrant);
  bank.close(12, 0, counts, kGrant);
  ASSERT_EQ(bank.terms().size(), 2U);  // of the slot itself
  EXPECT_EQ(bank.terms().front().block, 5 * kMinute);
}

// STATISTICS 4: gapped blocks are dropped. What a lone stretch shows is no mean of an hour.
TEST(Bank, LeavesOutBlocksInWhichFiveMinutesHadNoEvent) {
  const std::optional<BankLaws> laws = bank_laws(wobbling_reference());
  const std::vector<std::int64_t> counts(kBins, 5), none(kBins, 0);
  for (const bool told : {true, false}) {  // that a slot was empty
    Bank bank(*laws, kPace.slot);
    for (std::int64_t slot = 0; slot < 36; ++slot) {
      if (slot != 17 || told) bank.close(slot, 0, slot == 17 ? none : counts, kGrant);
      const auto hour = std::ranges::count(bank.terms(), kHour, &BankTerm::block);
      EXPECT_EQ(hour, slot == 11 || slot == 35 ? 2 : 0) << slot;
    }
  }
}

TEST(Bank, TakesNoEmptyMinuteForAGap) {
  MonitorReference reference = wobbling_reference();
  const std::optional<BankLaws> laws = bank_laws(reference);
  Bank bank(*laws, kMinute);
  const std::vector<std::int64_t> counts(kBins, 5), none(kBins, 0);
  for (std::int64_t slot = 0; slot < 60; ++slot) bank.close(slot, 0, slot % 5 == 2 ? counts : none, kGrant);
  EXPECT_EQ(std::ranges::count(bank.terms(), kHour, &BankTerm::block), 2);
}

// A block of an hour in which one regime followed the other fits neither: it must not be held against both.
TEST(Bank, IsQuietInABlockInWhichRegimesFollowEachOther) {
  MonitorReference reference = wobbling_reference();
  std::vector<double> up(kBins);
  for (std::size_t k = 0; k < kBins; ++k) up[k] = static_cast<double>(k + 1);
  const double sum = kBins * (kBins + 1) / 2.0;
  for (double& share : up) share /= sum;
  const std::vector<double> down(up.rbegin(), up.rend());
  for (CellLaw& law : reference.regimes[0].cells) law = {up, 1e6};
  for (CellLaw& law : reference.regimes[1].cells) law = {down, 1e6};
  const std::optional<BankLaws> laws = bank_laws(reference);
  const auto evidence_after = [&](std::int64_t change) {
    Bank bank(*laws, kPace.slot);
    double most = 0;
    for (std::int64_t slot = 0; slot < 12; ++slot) {
      std::vector<std::int64_t> counts;
      for (std::size_t k = 0; k < kBins; ++k) {
        const auto weight = static_cast<std::int64_t>(slot < change ? k + 1 : kBins - k);
        counts.push_back(10 * weight);
      }
      bank.close(slot, 0, counts, kGrant);
      for (const BankTerm& term : bank.terms()) most = std::max(most, term.amount);
    }
    return most;
  };
  EXPECT_LT(evidence_after(12), 1e-6);  // one regime
  EXPECT_LT(evidence_after(6), 1e-6);   // both
}

TEST(Bank, LeavesOutScalesShorterThanASlot) {
  const std::optional<BankLaws> laws = bank_laws(wobbling_reference());
  Bank bank(*laws, 15 * kMinute);
  const std::vector<std::int64_t> counts(kBins, 5);
  for (std::int64_t slot = 0; slot < 4; ++slot) bank.close(slot, 0, counts, kGrant);
  ASSERT_EQ(bank.terms().size(), 4U);
  EXPECT_EQ(bank.terms()[0].block, 15 * kMinute);
  EXPECT_EQ(bank.terms()[2].block, kHour);
}

// STATISTICS 4, measured: under N(0,1) the expectation of e is .07, far below 1.
TEST(Bank, AnEValueIsSmallWhereNothingMoved) {
  double mean = 0;
  constexpr int kSteps = 20'000;
  for (int i = 0; i < kSteps; ++i) {
    const double x = -8 + 16 * (i + 0.5) / kSteps;
    mean += bank_e_value(bank_z(x, 0, 1)) * std::exp(-x * x / 2) / std::sqrt(2 * M_PI) * 16 / kSteps;
  }
  EXPECT_NEAR(mean, 0.07, 0.005);
  EXPECT_GT(bank_e_value(bank_z(10, 0, 1)), 1e8);
}

}  // namespace
}  // namespace driftd::detectors::evidence::testing
