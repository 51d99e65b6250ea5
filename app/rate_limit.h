// Says when something that happens again and again may be told once more. Time is an argument; whoever
// tells counts what came in between.
#pragma once

#include "core/time.h"

namespace driftd::app {

class RateLimit {
 public:
  explicit RateLimit(Duration interval) : interval_(interval) {}

  // True, and taken as told, the first time and whenever `interval` has gone by since the last time that it
  // was. A wall clock that was set back does not silence it.
  bool allow(Time now) {
    if (told_ != kNoTime && now >= told_ && now - told_ < interval_) return false;
    told_ = now;
    return true;
  }

 private:
  Duration interval_;
  Time told_ = kNoTime;
};

}  // namespace driftd::app
