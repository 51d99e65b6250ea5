// One safeguard off at a time, by what the engine takes: a floor of nothing, an inflation of 1, an owner that
// never resets, weights that sum to 2. Each breaks the limit that the protocol holds with it.
#include <algorithm>
#include <cmath>

#include "bench/guarantee/draws.h"
#include "bench/guarantee/month_watch.h"
#include "bench/guarantee/protocols.h"
#include "bench/guarantee/series_run.h"
#include "detectors/profile.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;
using ev::testing::kKnown;

constexpr std::size_t kBins = detectors::kEvidenceBins;

Row broken(const char* protocol, const char* where, const char* what, double count, double exposure,
           double limit) {
  Row row{protocol, where, what, count, exposure, {}, {}, {}};
  row.at_least = std::nextafter(limit, 2 * limit);
  return row;
}

// P2 with a series whose weights sum to this.
double alarms_by_weight(double budgets, double weight, Draws draws) {
  Run run(numeric_series(std::vector<double>(kBins, 1.0 / kBins), kKnown, weight, 1), 1e-4);
  double alarms = 0;
  while (run.slots() < static_cast<std::int64_t>(budgets * 1e4))
    alarms += run.close(draws.below(kBins)) ? 1 : 0;
  return alarms;
}

// P2 with an owner that counts the alarm and lets the capital stand.
double alarms_without_reset(double budgets, Draws draws) {
  return static_cast<double>(ev::testing::alarms_of(
      numeric_series(std::vector<double>(kBins, 1.0 / kBins), kKnown),
      {static_cast<std::int64_t>(budgets * 1e4), 1e-4, false}, [&] { return draws.below(kBins); }));
}

// P7's second wobble, all defaults but `setup`.
double alarms_of_month(const Setup& setup, std::size_t columns, std::uint64_t seed) {
  MonthOptions options;
  options.columns = columns;
  options.wobble = {.03, .03};
  Draws draws(seed_of(seed, 1));
  const Month month(options, seed_of(seed, 0));
  MonthWatch watch(month, setup, {{}}, draws);
  AlarmCount count;
  for (std::int64_t slot = month.monitored(); slot < month.end(); ++slot) {
    const auto alarm = watch.close(
        month, slot, [](std::size_t, std::int64_t) { return Change{}; }, draws);
    if (alarm) count.add(*alarm);
  }
  return count.found().alarms;
}

}  // namespace

Rows mutations(const Effort& effort) {
  const double budgets = std::max(20.0, std::round(100 * effort.length));
  const double limit = most_alarms(budgets) / budgets;
  const Draws draws(seed_of(effort.seed, 900));
  Rows rows;
  rows.push_back(broken("P2", "weights that sum to 2", "alarms per budget",
                        alarms_by_weight(budgets, 2, draws), budgets, limit));
  rows.push_back(broken("P2", "no reset at an alarm", "alarms per budget", alarms_without_reset(20, draws),
                        20, most_alarms(20) / 20));
  const int months = effort.of(3);
  const auto month_row = [&](const char* where, const Setup& setup) {
    double alarms = 0;
    for (int i = 0; i < months; ++i)
      alarms +=
          alarms_of_month(setup, effort.columns, seed_of(effort.seed, 910 + static_cast<std::uint64_t>(i)));
    rows.push_back(broken("P7", where, "false alarms per 30 d", alarms, months, 1.6));
  };
  Setup untempered;
  untempered.temper = false;
  month_row("no tempering (inflation 1)", untempered);
  Setup bare;
  bare.temper = false;
  bare.floors = {0, 0};
  month_row("no tempering and no floors", bare);
  Setup seasonless;
  seasonless.seasons = false;
  seasonless.temper = false;
  month_row("no calendar cells and no tempering", seasonless);
  return rows;
}

}  // namespace driftd::guarantee
