// `alerts.digest`: when it is told which models moved, and with what share of false ones at most.
#pragma once

#include <string>

#include "core/fields.h"

namespace driftd::app {

struct DigestConfig {
  std::string at;  // a cron expression (app/cron.h); event time
  std::string timezone = "UTC";
  double alpha = 0.1;  // false discovery rate of each digest
};

const Fields<DigestConfig>& fields_of_digest();

}  // namespace driftd::app
