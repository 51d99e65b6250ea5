// Where retrainings stand, for the page of metrics.
#pragma once

#include "app/pipeline/alert_desk.h"
#include "app/pipeline/metric_families.h"

namespace driftd::app {

void add_retrainings(const AlertDesk& desk, MetricFamilies& families);

}  // namespace driftd::app
