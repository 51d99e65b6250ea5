// P1, P2, P3, P5, P6 and P9: one series, a known or a finite reference, independent or dependent events.
#include <algorithm>
#include <cmath>

#include "bench/guarantee/draws.h"
#include "bench/guarantee/protocols.h"
#include "bench/guarantee/series_run.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/reference_measures.h"
#include "detectors/maths/portable.h"
#include "detectors/profile.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;
using ev::testing::kKnown;

constexpr std::size_t kBins = detectors::kEvidenceBins;

std::vector<double> uniform_law() { return std::vector<double>(kBins, 1.0 / kBins); }

double shared_length(double full, const Effort& effort) {
  return std::max(1.0, std::round(full * effort.length));
}

Row counted(const char* protocol, const char* where, double alarms, double budgets) {
  return {protocol, where, "alarms per budget", alarms, budgets, {}, {}, {}};
}

// Of a guaranteed mean of one alarm a budget: at most what chance allows, at least `least`.
Row guaranteed(const char* protocol, const char* where, double alarms, double budgets, double least) {
  Row row = counted(protocol, where, alarms, budgets);
  row.at_most = most_alarms(budgets) / budgets;
  row.at_least = least;
  return row;
}

}  // namespace

Rows p1_recursion() {
  // M_15 of STATISTICS 14: the alarm comes with the fifteenth event, not before.
  auto monitors = std::make_shared<ev::SeriesMonitors>();
  monitors->monitors.push_back({std::make_unique<ev::testing::OneBet>(.1, .2), 1, 1, 0});
  Run run(monitors, 1e-3);
  const std::string outcomes = "0010110011101111";
  double alarm = 0;
  for (std::size_t i = 0; i < outcomes.size() && alarm == 0; ++i) {
    if (run.close(outcomes[i] == '1' ? 1U : 0U)) alarm = static_cast<double>(i + 1);
  }
  Row row{"P1", "p = .1, q = .2, .001 an event", "event of the alarm", {}, 1, {alarm}, 15, 15};
  return {row};
}

Rows p2_uniform_bins(const Effort& effort) {
  const double budgets = shared_length(300, effort);
  Draws draws(seed_of(effort.seed, 2));
  Run run(numeric_series(uniform_law(), kKnown), 1e-4);
  double alarms = 0;
  while (run.slots() < static_cast<std::int64_t>(budgets * 1e4))
    alarms += run.close(draws.below(kBins)) ? 1 : 0;
  return {guaranteed("P2", "226 components, known reference", alarms, budgets, 1 / 3.0)};
}

Rows p3_bernoulli(const Effort& effort) {
  const double budgets = shared_length(2000, effort);
  Draws draws(seed_of(effort.seed, 3));
  Run run(rate_series(.1, kKnown), 1e-4);
  double alarms = 0;
  while (run.slots() < static_cast<std::int64_t>(budgets * 1e4)) {
    alarms += run.close(draws.uniform() < .1 ? 1U : 0U) ? 1 : 0;
  }
  return {guaranteed("P3", "a rate of .1, known reference", alarms, budgets, .5)};
}

namespace {

// Budgets of 1e5 events, each with a reference of 1,000 of its own, whose bins hold a twentieth of it.
double finite_reference_alarms(double budgets, std::optional<double> z, Draws draws) {
  double alarms = 0;
  for (double budget = 0; budget < budgets; ++budget) {
    std::vector<double> values(1000);
    for (double& value : values) value = draws.uniform();
    const std::vector<double> edges = edges_of(std::move(values), kBins);
    Run run(numeric_series(uniform_law(), 1000, z), 1e-5);
    while (run.slots() < 100'000) alarms += run.close(bin_of(edges, draws.uniform())) ? 1 : 0;
  }
  return alarms;
}

}  // namespace

Rows p5_finite_reference(const Effort& effort) {
  const double budgets = shared_length(200, effort);
  const Draws draws(seed_of(effort.seed, 5));
  Row floored = counted("P5", "1,000 values of reference, floor of 2 sd",
                        finite_reference_alarms(budgets, 2, draws), budgets);
  floored.at_most = .9;
  const double few = std::max(2.0, budgets / 10);
  Row bare = counted("P5", "contrast: without floors", finite_reference_alarms(few, 0, draws), few);
  bare.at_least = 5;
  return {floored, bare};
}

namespace {

constexpr std::int64_t kSlotEvents = 100;

// A stationary AR(1) of deviation 1, in slots of 100 events.
class Autoregression {
 public:
  Autoregression(double memory, Draws draws) : memory_(memory), draws_(draws), now_(draws_.normal()) {}
  std::vector<double> slot() {
    std::vector<double> values(kSlotEvents);
    for (double& value : values) {
      now_ = memory_ * now_ + std::sqrt(1 - memory_ * memory_) * draws_.normal();
      value = now_;
    }
    return values;
  }

 private:
  double memory_;
  Draws draws_;
  double now_;
};

std::vector<std::int64_t> binned(const std::vector<double>& edges, const std::vector<double>& values) {
  std::vector<std::int64_t> counts(kBins, 0);
  for (const double value : values) ++counts[bin_of(edges, value)];
  return counts;
}

// 50,000 events as 500 blocks of five minutes: what the engine measures on them.
ev::MonitorReference measured(const std::vector<std::vector<double>>& slots, const std::vector<double>& edges,
                              bool temper) {
  std::vector<ev::BlockCounts> blocks;
  std::vector<std::int64_t> total(kBins, 0);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    blocks.push_back({static_cast<Time>(i) * detectors::kProfileBlock, binned(edges, slots[i])});
    for (std::size_t k = 0; k < kBins; ++k) total[k] += blocks.back().counts[k];
  }
  ev::MeasureOptions options;
  options.calendar.cells = ev::Cells::one;
  options.slot = detectors::kProfileBlock;
  options.measure = temper;
  return ev::measure(total, blocks, ev::Functionals::tilts, options);
}

// References of their own; each is watched for five budgets.
double dependent_alarms(double memory, bool temper, int references, std::uint64_t seed) {
  constexpr int kBudgets = 5;
  double alarms = 0;
  for (int i = 0; i < references; ++i) {
    Autoregression stream(memory, Draws(seed_of(seed, static_cast<std::uint64_t>(i))));
    std::vector<std::vector<double>> slots(500);
    std::vector<double> all;
    for (auto& slot : slots) {
      slot = stream.slot();
      all.insert(all.end(), slot.begin(), slot.end());
    }
    const std::vector<double> edges = edges_of(std::move(all), kBins);
    const ev::MonitorReference reference = measured(slots, edges, temper);
    auto series = std::make_shared<ev::SeriesMonitors>();
    series->monitors.push_back(
        {ev::numeric_monitor(reference, {0, std::nullopt}), 1, reference.inflation, reference.per_slot});
    Run run(series, kSlotEvents * 1e-5);
    while (run.slots() < kBudgets * 1000) alarms += run.close(binned(edges, stream.slot())) ? 1 : 0;
  }
  return alarms / kBudgets;
}

}  // namespace

Rows p6_dependence(const Effort& effort) {
  const int references = effort.of(60);
  const auto row = [&](const char* where, double memory, bool temper, int runs) {
    const double budgets = 5.0 * runs;
    return counted("P6", where, 5 * dependent_alarms(memory, temper, runs, seed_of(effort.seed, 6)), budgets);
  };
  Row half = row("AR(1) .5, tempered", .5, true, references);
  half.at_most = .3;
  Row slow = row("AR(1) .95, tempered", .95, true, references);
  slow.at_most = .6;
  Row bare = row("contrast: AR(1) .5, not tempered", .5, false, std::max(2, references / 10));
  bare.at_least = 5;
  return {half, slow, bare};
}

Rows p9_silence() {
  // One alarm per 30 d, slots of a minute, no event for ten times 30 days.
  const auto most_in_silence = [](double eta) {
    auto monitors = std::make_shared<ev::SeriesMonitors>();
    monitors->monitors.push_back({std::make_unique<ev::testing::OneBet>(.1, .2), 1, 1, 0});
    ev::SeriesEvidence series(monitors, {kMinute, eta});
    const std::int64_t budget = 30 * kDay / kMinute;
    const double grant = 1.0 / static_cast<double>(budget);
    double most = 0;
    series.carry(0, grant);
    for (std::int64_t slot = 60; slot <= 10 * budget; slot += 60) {
      series.carry(slot, grant);
      most = std::max(most, series.sum(slot, grant));
    }
    return most;
  };
  const double tau = .25 * 30 * kDay / kMinute;
  Row leaking{"P9",        "no events for ten budgets",
              "largest S", {},
              1,           {most_in_silence(detectors::maths::portable_exp(-1 / tau))},
              {},          {}};
  leaking.at_most = .26;
  Row bare{"P9", "contrast: without the leak", "largest S", {}, 1, {most_in_silence(1)}, {}, {}};
  bare.at_least = 1;
  return {leaking, bare};
}

}  // namespace driftd::guarantee
