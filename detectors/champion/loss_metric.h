// The losses whose means a comparison may be about: numbers of one prediction and its label.
//
//   error           0 or 1                               classification
//   brier           squares of score less outcome, summed over classes (binary: of the positive one alone)
//   log_loss        -ln of the score of what came true, at most the bound
//   absolute_error  |value - label|, at most the bound   regression
//   squared_error   its square, at most the bound
//
// Betting needs losses that are bounded: what is above the bound counts as the bound. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "detectors/performance/task.h"

namespace driftd::detectors::champion {

enum class LossMetric : std::uint8_t { error, brier, log_loss, absolute_error, squared_error };
inline constexpr std::array kLossMetrics = {LossMetric::error, LossMetric::brier, LossMetric::log_loss,
                                            LossMetric::absolute_error, LossMetric::squared_error};

std::string_view name_of(LossMetric metric);
bool fits(LossMetric metric, Task task);
// absolute_error of a regression, error of the rest.
LossMetric standard_metric(Task task);

// Empty where the pair lacks what it needs (a score). Not bounded yet; may be infinite.
std::optional<double> loss_of(LossMetric metric, const ResolvedPair& pair);

// The bound that follows from the metric: 1, or 2 for brier of several classes, 7 for log_loss (a score of
// .0009). Empty for regression, whose bound somebody has to say.
std::optional<double> natural_bound(LossMetric metric, Task task);

}  // namespace driftd::detectors::champion
