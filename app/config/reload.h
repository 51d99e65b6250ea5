// What a new configuration can change while the service runs, and what it cannot.
#pragma once

#include <string>
#include <vector>

#include "app/config/config.h"

namespace driftd::app {

// The keys that differ and take effect only after a restart, in the order of the file's tables: those
// of the connection to Kafka, `storage.path`, `http.listen`, whether there is `http.tls`, `log.format`,
// `dedupe`, `threads`. (A changed `slot` is refused by the engine, now and at a start over the same store.)
std::vector<std::string> keys_that_need_restart(const Config& running, const Config& wanted);

}  // namespace driftd::app
