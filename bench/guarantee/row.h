// A row of a report: what was measured, of how much, and the limit that it has to keep.
//
// A row without a limit is told for comparison alone. A contrast is a row whose limit is the one that its
// protocol must be able to fail: `at_least` where the protocol says `at most`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace driftd::guarantee {

struct Row {
  std::string protocol;  // "P7"
  std::string where;     // the case: "wobble (.03, .03)"
  std::string what;      // "false alarms per budget"
  // A rate is `count` over `exposure`; else the row is the median of `values` (of waits: infinite where the
  // change was not found), and their number.
  std::optional<double> count;
  double exposure = 1;
  std::vector<double> values;
  std::optional<double> at_most;
  std::optional<double> at_least;

  [[nodiscard]] double figure() const;
  [[nodiscard]] bool holds() const;
};

using Rows = std::vector<Row>;

inline Row rate(std::string protocol, std::string where, std::string what, double count, double exposure) {
  return {std::move(protocol), std::move(where), std::move(what), count, exposure, {}, {}, {}};
}

// One object of a line, without spaces: {"protocol":...,"figure":...,"holds":...}. Infinite values are null.
std::string json_of(const Row& row);
// For people.
std::string text_of(const Row& row);

// More alarms than a guaranteed mean allows by chance (STATISTICS 14).
double most_alarms(double mean);

}  // namespace driftd::guarantee
