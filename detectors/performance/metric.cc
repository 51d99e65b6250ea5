#include "detectors/performance/metric.h"

#include <array>

namespace driftd::detectors {
namespace {

constexpr std::array<std::string_view, kMetricCount> kNames = {
    "accuracy", "precision",         "recall", "f1",   "roc_auc", "log_loss",
    "brier",    "calibration_error", "mae",    "rmse", "mape",    "r2"};

}  // namespace

std::string_view name_of(Metric metric) { return kNames[static_cast<std::size_t>(metric)]; }

std::optional<Metric> metric_of(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Metric>(i);
  }
  return std::nullopt;
}

bool larger_is_better(Metric metric) { return metric <= Metric::roc_auc || metric == Metric::r2; }

const MetricValue* find(std::span<const MetricValue> values, Metric metric) {
  for (const MetricValue& value : values) {
    if (value.metric == metric) return &value;
  }
  return nullptr;
}

}  // namespace driftd::detectors
