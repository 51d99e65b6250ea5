// The history of one column's statistic, or of one metric, as points in time (GET .../series).
#pragma once

#include <vector>

#include "app/http/json.h"
#include "app/http/view.h"
#include "app/pipeline/engine.h"

namespace driftd::app {

// One point for each stretch of `window` (aligned to the epoch) that holds anything, over the slots that
// begin in [from, to): time is its beginning, value what the stretch as a whole gives, n the values
// behind it. Errors: not_found or invalid, naming the parameter.
Result<std::vector<SeriesPoint>> history_points(Engine& engine, const Version& version,
                                                const SeriesQuery& query);

}  // namespace driftd::app
