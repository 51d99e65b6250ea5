// What run.py compares the detectors of others on, beside P8: months of recorded values, and a long stream
// without a change. driftd reads the very values that the files hold.
#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "bench/guarantee/month_watch.h"
#include "bench/guarantee/protocols.h"
#include "bench/guarantee/recorded_month.h"
#include "bench/guarantee/series_run.h"
#include "detectors/profile.h"

namespace driftd::guarantee {
namespace {

constexpr std::int64_t kPatience = 3 * kDay / kMonthSlot;
constexpr double kQuietEvents = 1e6;
constexpr double kQuietGrant = 1e-5;

struct Found {
  double alarms = 0;
  std::vector<double> large;  // hours to + .5 sd
  std::vector<double> small;  // hours to + .25 sd
};

// One change a column, at a slot of its own; lines `month column slot` of `changes`.
void add_month(std::size_t columns, int number, std::uint64_t seed, const std::string& directory,
               Found& found, std::string& changes) {
  MonthOptions options;
  options.columns = columns;
  options.wobble = {.03, .03};
  Draws draws(seed_of(seed, 1));
  const RecordedMonth month(options, seed_of(seed, 0));
  if (!directory.empty()) month.write(directory + "/month_" + std::to_string(number));
  MonthWatch watch(month, {}, {{}}, draws);
  std::vector<std::int64_t> slots;
  const auto span = static_cast<std::size_t>(month.end() - month.monitored() - 2 * kPatience);
  for (std::size_t column = 0; column < columns; ++column) {
    slots.push_back(month.monitored() + kPatience + static_cast<std::int64_t>(draws.below(span)));
    changes += std::to_string(number) + " " + std::to_string(column) + " " +
               std::to_string(slots.back() - month.first()) + "\n";
  }
  for (std::int64_t slot = month.monitored(); slot < month.end(); ++slot) {
    for (std::size_t column = 0; column < columns; ++column) {
      if (slots[column] != slot) continue;
      found.large.push_back(hours_to_find(month, watch, {column, .5, slot, kPatience}, draws));
      found.small.push_back(hours_to_find(month, watch, {column, .25, slot, kPatience}, draws));
    }
    if (watch.close(
            month, slot, [](std::size_t, std::int64_t) { return Change{}; }, draws))
      ++found.alarms;
  }
}

double quiet_alarms(double events, Draws draws, const std::string& directory) {
  constexpr std::size_t kBins = detectors::kEvidenceBins;
  const std::vector<double> edges = normal_edges(kBins);
  Run run(numeric_series(std::vector<double>(kBins, 1.0 / kBins), detectors::evidence::testing::kKnown),
          kQuietGrant);
  std::ofstream out;
  if (!directory.empty()) out.open(directory + "/quiet.f64", std::ios::binary);
  double alarms = 0;
  for (double i = 0; i < events; ++i) {
    const double value = draws.normal();
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the file is the array
    if (out.is_open()) out.write(reinterpret_cast<const char*>(&value), sizeof value);
    alarms += run.close(bin_of(edges, value)) ? 1 : 0;
  }
  if (!directory.empty() && !out) throw std::runtime_error(directory + "/quiet.f64 cannot be written");
  return alarms;
}

}  // namespace

Rows compared_streams(const Effort& effort) {
  const double events = kQuietEvents * effort.length;
  const double quiet = quiet_alarms(events, Draws(seed_of(effort.seed, 1300)), effort.streams);
  Rows rows = {
      rate("compared", "independent events, no change", "alarms per 100,000 events", quiet, events / 1e5)};
  Found found;
  std::string changes;
  const int months = effort.of(2);
  for (int i = 0; i < months; ++i) {
    const std::uint64_t seed = seed_of(effort.seed, 1310 + static_cast<std::uint64_t>(i));
    add_month(effort.columns, i, seed, effort.streams, found, changes);
  }
  if (!effort.streams.empty() && !(std::ofstream(effort.streams + "/changes.txt") << changes)) {
    throw std::runtime_error(effort.streams + "/changes.txt cannot be written");
  }
  rows.push_back(rate("compared", "recorded months", "false alarms per 30 d", found.alarms, months));
  rows.push_back(
      {"compared", "recorded months, + .5 sd in one column", "hours to find it", {}, 1, found.large, {}, {}});
  rows.push_back({"compared",
                  "recorded months, + .25 sd in one column",
                  "hours to find it",
                  {},
                  1,
                  found.small,
                  {},
                  {}});
  return rows;
}

}  // namespace driftd::guarantee
