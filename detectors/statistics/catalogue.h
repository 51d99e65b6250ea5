// The catalogue of statistics of two samples of a column: what each reads, how it is to be understood, and
// where it comes from. `compare --help`, the documentation of `metrics.statistics` and docs/catalogue.md are
// made from it, and a test walks it. Constant data; any thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "detectors/statistics/statistic.h"

namespace driftd::detectors {

// What of a column a statistic is a function of.
enum class Reads : std::uint8_t {
  shares,   // how often each shown bin or category is there
  order,    // which of two numbers is the larger one
  numbers,  // the numbers themselves
  missing,  // how many values are missing
};
std::string_view name_of(Reads reads);

struct StatisticInfo {
  Statistic statistic;
  std::string_view title;
  Reads reads;
  std::string_view unit;  // "1" for pure numbers
  double least, most;     // bounds of its value
  bool symmetric;         // the same when the sides change places
  // Of two samples that are the same; none where that depends on them.
  std::optional<double> of_equal_samples;
  std::string_view on_counts;   // what a window of merged counts gives
  std::string_view on_raw;      // what `compare` of two data sets gives
  std::string_view p_value;     // method and law; or the null law that stands beside the value
  std::string_view convention;  // zero bins, ties, what is undefined
  std::string_view source;
  [[nodiscard]] std::string_view name() const { return name_of(statistic); }
};

// All of them, in the order of Statistic.
std::span<const StatisticInfo> statistic_catalogue();
const StatisticInfo& info_of(Statistic statistic);

}  // namespace driftd::detectors
