// What a comparison says of itself: to alerts, to HTTP and to Prometheus. Pure functions of its state.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>

#include "alerts/incident_book.h"
#include "app/config/comparison_config.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/metric_families.h"
#include "app/pipeline/model_comparisons.h"

namespace driftd::app {

// Precondition: there is a verdict.
alerts::Findings findings_of(const ComparisonConfig& declared, const ComparisonState& state);

// The `comparisons` of /api/v1/models/{model}: an array, one item for each declared.
nlohmann::json comparisons_json(const Model& model);

// driftd_comparison_*, of models by name.
void add_comparisons(Engine& engine, MetricFamilies& families);
// Incidents that comparisons may open, at 0 where none was.
void declare_comparison_incidents(Engine& engine,
                                  std::map<alerts::IncidentBook::Series, std::uint64_t>& totals);

}  // namespace driftd::app
