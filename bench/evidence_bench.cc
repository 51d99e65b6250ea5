// CPU milliseconds that closing a slot takes for 1,000 numeric series of 226 components each: the numeric
// monitor alone, and whole columns (four rates and the bank besides); within an hour of the calendar, and
// in the first slot of the next, when every monitor turns to another cell. Whole columns also after an alarm,
// when the copy for digests is another than the capital, and while they are paused, when it goes on alone.
//
//   build/release/bench/bench_evidence [series]
#include <ctime>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_monitor.h"
#include "detectors/evidence/series_evidence.h"

namespace {

using namespace driftd::detectors::evidence;  // NOLINT(google-build-using-namespace)

constexpr std::size_t kBins = 20;
constexpr std::size_t kCells = 168;
constexpr std::size_t kRates = 4;
constexpr std::int64_t kRounds = 30;

double cpu_milliseconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return 1e3 * static_cast<double>(now.tv_sec) + 1e-6 * static_cast<double>(now.tv_nsec);
}

// Cells whose law is the whole's with one bin a little up, each another.
MonitorReference reference_of(std::vector<double> p) {
  MonitorReference reference;
  reference.n = 500'000;
  reference.per_slot = 200;
  reference.inflation = 40;
  Regime regime;
  for (std::size_t cell = 0; cell < kCells; ++cell) {
    CellLaw law{p, 3000};
    for (double& share : law.p) share *= 0.99;
    law.p[cell % p.size()] += 0.01;
    regime.cells.push_back(std::move(law));
  }
  for (const driftd::Duration block : {1, 15, 60, 180, 720}) {
    regime.blocks.push_back({block * driftd::kMinute, {1e-4, 1e-4}});
  }
  reference.regimes.push_back(std::move(regime));
  reference.p = std::move(p);
  return reference;
}

std::shared_ptr<const SeriesMonitors> column(bool whole) {
  auto series = std::make_shared<SeriesMonitors>();
  const MonitorReference values = reference_of(std::vector<double>(kBins, 1.0 / kBins));
  series->monitors.push_back({numeric_monitor(values), whole ? 0.9 : 1, values.inflation, values.per_slot});
  if (!whole) return series;
  const MonitorReference rate = reference_of({0.95, 0.05});
  for (std::size_t i = 0; i < kRates; ++i) {
    series->monitors.push_back({rate_monitor(rate, Shape::missing), 0.025, rate.inflation, rate.per_slot});
  }
  series->bank = bank_laws(values);
  return series;
}

std::vector<std::int64_t> counts_of(std::uint64_t slot, std::uint64_t series, bool whole) {
  std::vector<std::int64_t> counts(kBins + (whole ? 2 * kRates : 0));
  for (std::size_t k = 0; k < counts.size(); ++k) {
    counts[k] = static_cast<std::int64_t>((slot * 40503U + series * 2654435761U + k * 97U) % 21U);
  }
  return counts;
}

enum class Life : std::uint8_t { quiet, after_an_alarm, paused };

// Medians over rounds: {within a cell, at its change}.
std::pair<double, double> measure(std::uint64_t size, bool whole, Life life) {
  const Pace pace{driftd::kMinute, 0.9999};
  std::vector<SeriesEvidence> all;
  for (std::uint64_t i = 0; i < size; ++i) all.emplace_back(column(whole), pace);
  std::vector<double> within;
  std::vector<double> change;
  double sum = 0;
  for (std::int64_t slot = 0; slot < 2 * kRounds; ++slot) {
    std::vector<std::vector<std::int64_t>> counts;
    for (std::uint64_t i = 0; i < size; ++i) {
      counts.push_back(counts_of(static_cast<std::uint64_t>(slot), i, whole));
    }
    for (std::uint64_t i = 0; i < size && slot == 2 && life != Life::quiet; ++i) {
      all[i].reset(slot - 1);
      if (life == Life::paused) all[i].pause(slot - 1);
    }
    const double before = cpu_milliseconds();
    for (std::uint64_t i = 0; i < size; ++i) {
      all[i].close(slot, static_cast<std::size_t>(slot / 2) % kCells, counts[i], 1e-7);
      sum += all[i].sum(slot, 1e-7);
    }
    (slot % 2 == 0 ? change : within).push_back(cpu_milliseconds() - before);
  }
  std::sort(within.begin(), within.end());
  std::sort(change.begin(), change.end());
  if (!(sum >= 0)) std::exit(1);
  return {within[within.size() / 2], change[change.size() / 2]};
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t size = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
  const std::array<std::tuple<const char*, bool, Life>, 4> cases = {
      {{"numeric monitor alone", false, Life::quiet},
       {"whole columns", true, Life::quiet},
       {"whole columns after an alarm", true, Life::after_an_alarm},
       {"whole columns while paused", true, Life::paused}}};
  for (const auto& [what, whole, life] : cases) {
    const auto [within, change] = measure(size, whole, life);
    std::printf("%llu series, %s: %.2f ms a slot, %.2f ms where the cell changes\n",
                static_cast<unsigned long long>(size), what, within, change);
  }
  return 0;
}
