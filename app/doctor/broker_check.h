// The stored offsets beside what the brokers hold: what the next start will have to say.
#pragma once

#include <string>
#include <vector>

#include "app/config/config.h"
#include "app/doctor/survey.h"

namespace driftd::app {

// One sentence for each partition that cannot go on where the store says, or is new. Errors: as opening the
// source.
Result<std::vector<std::string>> offsets_beside_brokers(const Config& config, const Survey& survey);

}  // namespace driftd::app
