#include "app/pipeline/digest_schedule.h"

#include "app/time_zone.h"

namespace driftd::app {

DigestSchedule::DigestSchedule(const DigestConfig& config) : cron_(Cron::parse(config.at).value()) {
  if (auto zone = load_time_zone(config.timezone); zone.ok()) zone_ = *std::move(zone);
}

}  // namespace driftd::app
