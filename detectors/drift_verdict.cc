// judge(): which columns of a comparison drift.
#include <cmath>
#include <cstddef>

#include "detectors/comparison.h"

namespace driftd::detectors {
namespace {

bool exceeds(const StatisticValue& value, double limit) {
  return (value.statistic == Statistic::missing_delta ? std::abs(value.value) : value.value) > limit;
}

bool drifts(const ComparedColumn& column, const DriftLimits& limits, std::size_t columns) {
  for (const auto& [statistic, limit] : limits) {
    const StatisticValue* value = find(column.statistics, statistic);
    if (value != nullptr && exceeds(*value, limit)) return true;
  }
  if (!limits.empty()) return false;
  const StatisticValue* variation = find(column.statistics, Statistic::total_variation);
  const StatisticValue* chi = find(column.statistics, Statistic::chi_square);
  if (variation == nullptr || chi == nullptr || !chi->p_value) return false;
  return variation->value - variation->null_mean.value_or(0) >= 0.05 &&
         *chi->p_value * static_cast<double>(columns) < 0.01;
}

}  // namespace

void judge(Comparison& comparison, const DriftLimits& limits) {
  comparison.drift = false;
  for (ComparedColumn& column : comparison.columns) {
    column.drift = drifts(column, limits, comparison.columns.size());
    comparison.drift = comparison.drift || column.drift;
  }
}

}  // namespace driftd::detectors
