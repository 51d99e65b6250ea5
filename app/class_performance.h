// Performance by class and weighted by class, as JSON of `compare` and of reports:
// "weighted": {metric: value}, "classes": {label: {"support": n, metric: value}}. Nothing for other tasks.
#pragma once

#include <span>
#include <string>

#include "detectors/performance/metric.h"
#include "detectors/performance/multiclass_tally.h"

namespace driftd::app {

template <class Json>
void add_class_performance(std::span<const detectors::MetricValue> weighted,
                           std::span<const detectors::ClassPerformance> classes, Json& object) {
  for (const detectors::MetricValue& value : weighted)
    object["weighted"][std::string(detectors::name_of(value.metric))] = value.value;
  for (const detectors::ClassPerformance& one : classes) {
    Json& shown = object["classes"][one.label];
    shown["support"] = one.support;
    for (const detectors::MetricValue& value : one.metrics)
      shown[std::string(detectors::name_of(value.metric))] = value.value;
  }
}

}  // namespace driftd::app
