// The history of a metric as it was expected without labels, and of how wrong that was (GET .../series with
// estimate=).
#pragma once

#include <vector>

#include "app/http/json.h"
#include "app/http/view.h"
#include "app/pipeline/engine.h"
#include "detectors/performance/metric.h"

namespace driftd::app {

// Which of a series' slots: [first, end) of one segment.
struct HistoryRange {
  std::uint32_t segment = 0;
  std::int64_t first = 0;
  std::int64_t end = 0;
};

// As history_points(), of what the present reference lets one expect of each stretch of `window`: its value,
// n the predictions behind it; or with `error` that value less the one of the stretch's labels, n the labels.
// While labels are yet to come the two are of different predictions. What an incident revoked is there: it
// shows since when it was wrong. Empty where nothing can be estimated.
Result<std::vector<SeriesPoint>> estimate_points(Engine& engine, const Version& version,
                                                 const HistoryRange& range, detectors::Metric metric,
                                                 bool error);

}  // namespace driftd::app
