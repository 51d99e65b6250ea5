// Names of performance metrics, everywhere the same (DESIGN 4).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace driftd::detectors {

enum class Metric : std::uint8_t {
  accuracy,
  precision,
  recall,
  f1,
  roc_auc,
  log_loss,  // natural logarithm, scores clipped to [kScoreClip, 1 - kScoreClip]
  brier,     // mean squared difference of score and outcome, summed over the classes where they are several
  calibration_error,  // mean distance of score and frequency, by 16 equal bins (score_histogram.h)
  mae,
  rmse,
  mape,  // a ratio, not per cent; labels of 0 are left out
  r2,
};
inline constexpr std::size_t kMetricCount = 12;
inline constexpr double kScoreClip = 2.220446049250313e-16;

std::string_view name_of(Metric metric);
std::optional<Metric> metric_of(std::string_view name);
// Whether a larger value is a better model.
bool larger_is_better(Metric metric);

struct MetricValue {
  Metric metric = Metric::accuracy;
  double value = 0;
  friend bool operator==(const MetricValue&, const MetricValue&) = default;
};

// nullptr where it is undefined.
const MetricValue* find(std::span<const MetricValue> values, Metric metric);

// What becomes of precision, recall and F1 where their denominator is 0.
enum class Undefined : std::uint8_t { absent, zero };

}  // namespace driftd::detectors
