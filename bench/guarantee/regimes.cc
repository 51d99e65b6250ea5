// P14: two regimes by turns, in stretches that know no block.
#include <algorithm>
#include <limits>

#include "bench/guarantee/month_watch.h"
#include "bench/guarantee/protocols.h"

namespace driftd::guarantee {
namespace {

struct Found {
  double alarms = 0;
  double by_bank = 0;
  double months = 0;
  std::vector<double> hours;
};

constexpr Change kOtherRegime{.5, 1.25};

// Which of two regimes holds: stretches of 3 to 36 hours.
std::vector<bool> alternation(const Month& month, Draws& draws) {
  std::vector<bool> second;
  bool now = false;
  while (static_cast<std::int64_t>(second.size()) < month.end() - month.monitored()) {
    second.insert(second.end(), 36 + draws.below(397), now);
    now = !now;
  }
  return second;
}

void add_regime_month(std::size_t columns, const std::vector<Change>& known, std::uint64_t seed, Found& sum) {
  MonthOptions options;
  options.columns = columns;
  options.wobble = {.03, .03};
  Draws draws(seed_of(seed, 1));
  const Month month(options, seed_of(seed, 0));
  const std::vector<bool> second = alternation(month, draws);
  MonthWatch watch(month, {}, known, draws);
  const auto change = [&](std::size_t, std::int64_t slot) {
    return second[static_cast<std::size_t>(slot - month.monitored())] ? kOtherRegime : Change{};
  };
  const auto begin = std::find(second.begin(), second.end(), true) - second.begin();
  AlarmCount count;
  double hours = std::numeric_limits<double>::infinity();
  for (std::int64_t slot = month.monitored(); slot < month.end(); ++slot) {
    const auto alarm = watch.close(month, slot, change, draws);
    if (!alarm) continue;
    count.add(*alarm);
    const std::int64_t since = slot + 1 - month.monitored() - begin;
    if (since > 0 && hours > 1e9)
      hours = static_cast<double>(since * kMonthSlot) / static_cast<double>(kHour);
    if (known.size() == 1) break;
  }
  sum.alarms += count.found().alarms;
  sum.by_bank += count.found().by_bank;
  sum.months += 1;
  sum.hours.push_back(hours);
}

}  // namespace

Rows p14_regimes(const Effort& effort) {
  Found both;
  Found one;
  for (int i = 0; i < effort.of(12); ++i) {
    const std::uint64_t seed = seed_of(effort.seed, 1400 + static_cast<std::uint64_t>(i));
    add_regime_month(effort.columns, {{}, kOtherRegime}, seed, both);
    add_regime_month(effort.columns, {{}}, seed, one);
  }
  Row alarms = rate("P14", "two regimes by turns, both in the reference", "false alarms per budget",
                    both.alarms, both.months);
  alarms.at_most = 1;
  Row found{"P14", "one regime left out", "hours to find the other", {}, 1, one.hours, {}, {}};
  found.at_most = 24;
  const Row bank = rate("P14", "two regimes by turns, both in the reference", "of these with the bank",
                        both.by_bank, both.months);
  return {alarms, bank, found};
}

}  // namespace driftd::guarantee
