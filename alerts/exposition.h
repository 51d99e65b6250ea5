// Metric families as plain values, and their text for Prometheus.
//
//   MetricFamily lag(MetricId::consumer_lag);
//   lag.add({"predictions", "0"}, 17);
//   std::string text = expose(families);
//
// Label values may be any bytes: they are escaped, and bytes that are not UTF-8 replaced, here. A
// value that is not a number is left out (a gauge without a value is absent), and so is a family
// without samples. Pure values, no globals, no registry; one thread at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/exposition_table.h"

namespace driftd::alerts {

struct HistogramValue {
  std::vector<double> bounds;         // upper bounds, ascending, without infinity
  std::vector<std::uint64_t> counts;  // one more than bounds, not cumulated
  double sum = 0;
};

struct Sample {
  std::vector<std::string> labels;  // values, in the order of the spec's labels, then of `where_said`
  double value = 0;
  std::optional<HistogramValue> histogram;  // exactly for histograms
};

struct MetricFamily {
  explicit MetricFamily(MetricId id) : what(&spec(id)) {}

  // Precondition: as many values as the spec has labels, those that may be left out last; `histogram` exactly
  // for histograms.
  MetricFamily& add(std::initializer_list<std::string_view> labels, double value);
  MetricFamily& add(std::initializer_list<std::string_view> labels, HistogramValue histogram);

  const MetricSpec* what;
  std::vector<Sample> samples;
};

inline constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

// The text format 0.0.4 in the order given. Families of the same metric are joined.
std::string expose(const std::vector<MetricFamily>& families);

// What the kernel says of this process (process_*). Absent where /proc does not tell.
std::vector<MetricFamily> process_metrics();

}  // namespace driftd::alerts
