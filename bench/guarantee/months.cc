// P7 and P7b: months of twenty columns.
#include <algorithm>

#include "bench/guarantee/month_watch.h"
#include "bench/guarantee/protocols.h"

namespace driftd::guarantee {
namespace {

constexpr int kReplicates = 24;
constexpr std::int64_t kSlotsADay = kDay / kMonthSlot;
constexpr std::int64_t kPatience = 3 * kSlotsADay;  // with a change that is looked for
constexpr int kChangesAMonth = 8;
constexpr double kShift = .5;

struct Figures {
  double alarms = 0;
  double incidents = 0;
  double by_bank = 0;
  double months = 0;
  std::vector<double> hours;  // to the alarm that names the changed column
};

Change nothing(std::size_t /*column*/, std::int64_t /*slot*/) { return {}; }

// Some slots of the monitored month, rising, with time left to look.
std::vector<std::int64_t> change_slots(const Month& month, Draws& draws) {
  std::vector<std::int64_t> slots;
  const auto span = static_cast<std::size_t>(month.end() - month.monitored() - kPatience - kSlotsADay);
  for (int i = 0; i < kChangesAMonth; ++i) {
    slots.push_back(month.monitored() + kSlotsADay + static_cast<std::int64_t>(draws.below(span)));
  }
  std::sort(slots.begin(), slots.end());
  return slots;
}

void add_month(const MonthOptions& options, const Setup& setup, std::uint64_t seed, bool look, Figures& sum) {
  Draws draws(seed_of(seed, 1));
  const Month month(options, seed_of(seed, 0));
  MonthWatch watch(month, setup, {{}}, draws);
  std::vector<std::int64_t> changes;
  if (look) changes = change_slots(month, draws);
  AlarmCount count;
  std::size_t next = 0;
  for (std::int64_t slot = month.monitored(); slot < month.end(); ++slot) {
    for (; next < changes.size() && changes[next] == slot; ++next) {
      Draws other(seed_of(seed, 2 + next));
      const std::size_t changed = other.below(month.columns());
      sum.hours.push_back(hours_to_find(month, watch, {changed, kShift, slot, kPatience}, other));
    }
    if (const auto alarm = watch.close(month, slot, nothing, draws)) count.add(*alarm);
  }
  sum.alarms += count.found().alarms;
  sum.incidents += count.found().incidents;
  sum.by_bank += count.found().by_bank;
  sum.months += 1;
}

Figures months(const MonthOptions& options, const Setup& setup, int replicates, std::uint64_t seed,
               bool look) {
  Figures sum;
  for (int i = 0; i < replicates; ++i) {
    add_month(options, setup, seed_of(seed, static_cast<std::uint64_t>(i)), look, sum);
  }
  return sum;
}

}  // namespace

Rows p7_realistic_month(const Effort& effort) {
  struct Case {
    const char* name;
    Wobble wobble;
    double most_hours;
  };
  const std::vector<Case> cases = {{"no wobble", {0, 0}, 1.5},
                                   {"wobble of days .03 sd, of slots .03 sd", {.03, .03}, 1.5},
                                   {"wobble of slots .1 sd", {0, .1}, 3}};
  Rows rows;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    MonthOptions options;
    options.columns = effort.columns;
    options.wobble = cases[i].wobble;
    const Figures found = months(options, {}, effort.of(kReplicates), seed_of(effort.seed, 70 + i), true);
    Row alarms = rate("P7", cases[i].name, "false alarms per 30 d", found.alarms, found.months);
    alarms.at_most = 1.6;
    rows.push_back(alarms);
    rows.push_back(rate("P7", cases[i].name, "of these with the bank", found.by_bank, found.months));
    Row hours{"P7", cases[i].name, "hours to find + .5 sd in one column", {}, 1, found.hours, {}, {}};
    hours.at_most = cases[i].most_hours;
    rows.push_back(hours);
  }
  return rows;
}

Rows p7b_hard_months(const Effort& effort) {
  MonthOptions heavy;
  heavy.columns = effort.columns;
  heavy.wobble = {.03, .03, true};
  MonthOptions clocks = heavy;
  clocks.wobble = {.03, .03};
  const Time spring = kMonthStart + (28 + 10) * kDay + kHour;
  clocks.clock = {"local", kHour, {{spring, 2 * kHour}}};
  Setup zoned;
  zoned.zone = clocks.clock;
  MonthOptions brief = heavy;
  brief.wobble = {.03, .03};
  brief.reference_days = 14;
  const int replicates = effort.of(kReplicates);
  Rows rows;
  const auto add = [&](const char* where, const MonthOptions& options, const Setup& setup) {
    const Figures found = months(options, setup, replicates, seed_of(effort.seed, 170), false);
    Row incidents = rate("P7b", where, "false incidents per 30 d", found.incidents, found.months);
    incidents.at_most = 1;
    rows.push_back(incidents);
    rows.push_back(rate("P7b", where, "false alarms per 30 d", found.alarms, found.months));
  };
  add("wobble with t(4) tails", heavy, {});
  add("clocks change, time zone set", clocks, zoned);
  add("14 days of reference", brief, {});
  Setup untempered;
  untempered.temper = false;
  const Figures bare = months(heavy, untempered, effort.of(2), seed_of(effort.seed, 171), false);
  Row contrast = rate("P7b", "contrast: t(4) tails, not tempered", "false incidents per 30 d", bare.incidents,
                      bare.months);
  contrast.at_least = 2;
  rows.push_back(contrast);
  const Figures wrong = months(clocks, {}, effort.of(4), seed_of(effort.seed, 170), false);
  rows.push_back(
      rate("P7b", "clocks change, cells in UTC", "false incidents per 30 d", wrong.incidents, wrong.months));
  return rows;
}

}  // namespace driftd::guarantee
