// What the service knows of itself and the metrics tell: not state, gone with the process.
#pragma once

#include <optional>

#include "app/http/server.h"
#include "app/pipeline/counters.h"
#include "core/time.h"

namespace driftd::app {

struct ServiceFacts {
  Time started = 0;   // wall time
  Time reloaded = 0;  // of the last configuration that was taken
  bool reload_succeeded = true;
  std::optional<Time> last_checkpoint;
  std::uint64_t checkpoint_failures = 0;
  std::uint64_t loop_stalls = 0;
  HttpStats http;
  DurationHistogram<kCheckpointBounds.size()> checkpoint_duration;
};

}  // namespace driftd::app
