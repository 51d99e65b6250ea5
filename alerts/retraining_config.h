// How long a model's retraining may take (`models.NAME.retraining`). Event time.
#pragma once

#include <optional>

#include "core/fields.h"
#include "core/time.h"

namespace driftd::alerts {

struct RetrainingConfig {
  std::optional<Duration> acknowledge_within;
  Duration finish_within = kDay;
  Duration cooldown = 0;

  // Where the configuration does not say how long: a model that never answered is not waited for long.
  static constexpr Duration kAcknowledgeWithin = kHour;
  [[nodiscard]] Duration effective_acknowledge_within() const {
    return acknowledge_within.value_or(kAcknowledgeWithin);
  }
  friend bool operator==(const RetrainingConfig&, const RetrainingConfig&) = default;
};

const Fields<RetrainingConfig>& fields_of_retraining();

}  // namespace driftd::alerts
