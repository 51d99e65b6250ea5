// The effective configuration in print: every default resolved, every secret `<secret>`.
#pragma once

#include <string>

#include "app/config/config.h"
#include "core/node.h"

namespace driftd::app {

// The tree of the tables' order. What came from a secret place is redacted wherever it turns up, also
// as a part of another text.
Node shown(const Config& config);

std::string config_as_yaml(const Config& config);  // reads back to the same configuration, secrets apart
std::string config_as_json(const Config& config);  // numbers and flags bare; durations and sizes as texts

}  // namespace driftd::app
