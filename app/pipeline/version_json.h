// One version as /api/v1/models/{model} tells it (docs/api.md). Pure functions of its state.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "alerts/incident_book.h"
#include "app/config/config.h"
#include "app/pipeline/evidence_figures.h"
#include "app/pipeline/version.h"

namespace driftd::app {

// learning, watching, retired
std::string state_of(const Version& version);

nlohmann::json version_json(const Version& version, const ClosedSlots& closed, const Config& config,
                            const alerts::IncidentBook& book);

}  // namespace driftd::app
