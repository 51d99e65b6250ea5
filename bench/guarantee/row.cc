#include "bench/guarantee/row.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

namespace driftd::guarantee {
namespace {

nlohmann::json number(double value) {
  return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

std::string rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

double Row::figure() const {
  if (count) return *count / exposure;
  if (values.empty()) return std::numeric_limits<double>::infinity();
  std::vector<double> sorted = values;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t half = sorted.size() / 2;
  return sorted.size() % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

bool Row::holds() const {
  const double found = figure();
  return (!at_most || found <= *at_most) && (!at_least || found >= *at_least);
}

std::string json_of(const Row& row) {
  nlohmann::json out = {{"protocol", row.protocol},
                        {"where", row.where},
                        {"what", row.what},
                        {"figure", number(row.figure())},
                        {"holds", row.holds()}};
  if (row.count) {
    out["count"] = *row.count;
    out["exposure"] = row.exposure;
  } else {
    for (const double value : row.values) out["values"].push_back(number(value));
  }
  if (row.at_most) out["at_most"] = *row.at_most;
  if (row.at_least) out["at_least"] = *row.at_least;
  return out.dump();
}

std::string text_of(const Row& row) {
  std::string text = row.protocol + ", " + row.where + ": " + row.what + " " + rounded(row.figure());
  text += row.count ? " (" + rounded(*row.count) + " of " + rounded(row.exposure) + ")"
                    : " (median of " + std::to_string(row.values.size()) + ")";
  if (row.at_most) text += ", at most " + rounded(*row.at_most);
  if (row.at_least) text += ", at least " + rounded(*row.at_least);
  if (row.at_most || row.at_least) text += row.holds() ? ": holds" : ": FAILS";
  return text;
}

double most_alarms(double mean) { return mean + 3 * std::sqrt(mean); }

}  // namespace driftd::guarantee
