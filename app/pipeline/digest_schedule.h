// The times at which digests are due, and the slots that they are about. Immutable; any thread.
#pragma once

#include <optional>

#include "app/config/digest_config.h"
#include "app/cron.h"
#include "core/time.h"
#include "detectors/evidence/calendar.h"

namespace driftd::app {

class DigestSchedule {
 public:
  // Precondition: the configuration's checks found nothing wrong with it.
  explicit DigestSchedule(const DigestConfig& config);

  [[nodiscard]] std::optional<Time> after(Time time) const { return cron_.next(time, zone_); }
  [[nodiscard]] std::optional<Time> until(Time time) const { return cron_.last(time, zone_); }

 private:
  Cron cron_;
  detectors::evidence::TimeZone zone_;
};

// The slot that holds `at`, or ends with it: a digest is about everything up to its end.
constexpr std::int64_t digest_slot(Time at, Duration slot) { return slot_of(at - 1, slot); }

}  // namespace driftd::app
