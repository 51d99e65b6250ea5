#include "detectors/champion/loss_metric.h"

#include <cmath>
#include <limits>

#include "detectors/maths/portable.h"

namespace driftd::detectors::champion {

namespace {

constexpr double kLogLossBound = 7;

std::optional<double> probability_of_actual(const ResolvedPair& pair) {
  if (pair.task == Task::binary) {
    if (!pair.score) return std::nullopt;
    return pair.positive_actual ? *pair.score : 1 - *pair.score;
  }
  if (pair.scores.empty()) return std::nullopt;
  for (const auto& [label, score] : pair.scores)
    if (label == pair.actual) return score;
  return 0;
}

std::optional<double> log_loss(const ResolvedPair& pair) {
  const auto probability = probability_of_actual(pair);
  if (!probability) return std::nullopt;
  if (!(*probability > 0)) return std::numeric_limits<double>::infinity();
  return *probability >= 1 ? 0 : -maths::portable_log(*probability);
}

std::optional<double> brier(const ResolvedPair& pair) {
  if (pair.task == Task::binary) {
    if (!pair.score) return std::nullopt;
    const double miss = *pair.score - (pair.positive_actual ? 1 : 0);
    return miss * miss;
  }
  if (pair.scores.empty()) return std::nullopt;
  double sum = 0;
  bool seen = false;
  for (const auto& [label, score] : pair.scores) {
    const bool actual = label == pair.actual;
    const double miss = score - (actual ? 1 : 0);
    sum += miss * miss;
    seen |= actual;
  }
  return seen ? sum : sum + 1;
}

}  // namespace

std::string_view name_of(LossMetric metric) {
  static constexpr std::array<std::string_view, 5> kNames = {"error", "brier", "log_loss", "absolute_error",
                                                             "squared_error"};
  return kNames.at(static_cast<std::size_t>(metric));
}

bool fits(LossMetric metric, Task task) {
  if (task == Task::none) return false;
  const bool of_values = metric == LossMetric::absolute_error || metric == LossMetric::squared_error;
  return of_values == (task == Task::regression);
}

LossMetric standard_metric(Task task) {
  return task == Task::regression ? LossMetric::absolute_error : LossMetric::error;
}

std::optional<double> loss_of(LossMetric metric, const ResolvedPair& pair) {
  if (!fits(metric, pair.task)) return std::nullopt;
  switch (metric) {
    case LossMetric::brier:
      return brier(pair);
    case LossMetric::log_loss:
      return log_loss(pair);
    case LossMetric::squared_error:
      return detectors::loss_of(pair) * detectors::loss_of(pair);
    case LossMetric::error:
    case LossMetric::absolute_error:
      break;
  }
  return detectors::loss_of(pair);
}

std::optional<double> natural_bound(LossMetric metric, Task task) {
  if (!fits(metric, task)) return std::nullopt;
  switch (metric) {
    case LossMetric::error:
      return 1;
    case LossMetric::brier:
      return task == Task::binary ? 1 : 2;
    case LossMetric::log_loss:
      return kLogLossBound;
    case LossMetric::absolute_error:
    case LossMetric::squared_error:
      break;
  }
  return std::nullopt;
}

}  // namespace driftd::detectors::champion
