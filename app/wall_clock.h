// The time of day, read at the edges alone: nothing that statistics or incidents depend on calls this.
#pragma once

#include <chrono>

#include "core/time.h"

namespace driftd::app {

inline Time wall_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace driftd::app
