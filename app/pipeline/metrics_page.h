// /metrics: every metric of the table (alerts/exposition_table.h) from the engine's state.
#pragma once

#include <string>

#include "app/pipeline/engine.h"
#include "app/pipeline/service_facts.h"

namespace driftd::app {

// `facts` is null in a replay: what belongs to the process is left out.
std::string metrics_page(Engine& engine, const ServiceFacts* facts);
// What there is to show before there is an engine: the process alone.
std::string service_metrics_page(const ServiceFacts& facts);

// A version that was seen in the last 7 days of event time and is not retired (DESIGN 7.13).
bool is_shown(const Version& version, Time prediction_clock, Duration slot_length);

}  // namespace driftd::app
