// Statistics, evidence and performance of columns and segments, for the page of metrics: bounded in all by
// metrics.max_series in a fixed order (DESIGN 7.12). What was left out is counted and, in the limits, told.
#pragma once

#include <vector>

#include "app/pipeline/engine.h"
#include "app/pipeline/metric_families.h"

namespace driftd::app {

void add_series(Engine& engine, const std::vector<const Version*>& shown, MetricFamilies& families);

}  // namespace driftd::app
