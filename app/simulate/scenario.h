// Streams with drift at a known place: what `driftd simulate` writes and `driftd demo` lives on.
//
// A scenario makes the i-th of N events from (seed, i, N) alone, the same on every machine: features,
// what happened, and what its built-in model said. The model is the true concept as it was before the drift,
// so it is as good as can be until then and gets worse afterwards. A new scenario is one file with one
// `const Scenario`, and its line in scenario.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "app/simulate/random.h"

namespace driftd::app::simulate {

using FeatureValue =
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string_view>;  // null: missing

struct Sample {
  std::vector<std::pair<std::string_view, FeatureValue>> features;
  std::string_view predicted;   // label
  std::optional<double> score;  // of the positive label
  std::string_view truth;       // label
};

// Where something changes: at `share` of the events, rounded down.
struct Change {
  double share = 0;
  const char* what = "";
};

struct Place {
  std::uint64_t index = 0;
  std::uint64_t events = 0;

  // How many of the scenario's changes have happened before this event.
  [[nodiscard]] int changes_before(std::span<const Change> changes) const;
};

struct Scenario {
  const char* name;
  const char* summary;
  const char* positive;  // label
  std::span<const Change> changes;
  Sample (*sample)(const Place& place, Random random);
};

std::uint64_t index_of(const Change& change, std::uint64_t events);

std::span<const Scenario* const> scenarios();
const Scenario* find_scenario(std::string_view name);  // null if there is none
std::string scenario_table();                          // names, summaries and changes, for --help

// A number in [0, 1] that grows with `margin` and is .5 at 0, from exact operations only.
inline double squash(double margin) { return 0.5 + 0.5 * margin / (1 + (margin < 0 ? -margin : margin)); }
// Cut to a number of decimals that print briefly: 10, 100, ...
inline double cut(double value, double scale) {
  return static_cast<double>(static_cast<std::int64_t>(value * scale)) / scale;
}

}  // namespace driftd::app::simulate
