// Notices that the wall clock was set: it and a clock that nobody sets no longer differ by what they did.
//
// What waits by the wall clock is then moved along (Engine::clock_was_set), so that nothing waits an hour
// because the clock went back an hour, and nothing ends early because it went on one. A machine that slept
// looks the same, and its sleep counts as no time. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdlib>

#include "core/time.h"

namespace driftd::app {

class ClockWatch {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  // By how much the wall clock was set since this was last asked; 0 where it was not, or by so little that
  // nothing that waits minds.
  Duration set_by(Time wall, Steady steady = std::chrono::steady_clock::now()) {
    const Duration lead =
        wall - std::chrono::duration_cast<std::chrono::microseconds>(steady.time_since_epoch()).count();
    if (lead_ == kNoTime) lead_ = lead;
    const Duration by = lead - lead_;
    if (std::abs(by) < kSecond) return 0;
    lead_ = lead;
    return by;
  }

 private:
  Duration lead_ = kNoTime;  // of the wall clock
};

}  // namespace driftd::app
