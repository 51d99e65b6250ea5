#include "alerts/retraining_config.h"

namespace driftd::alerts {

const Fields<RetrainingConfig>& fields_of_retraining() {
  static const Fields<RetrainingConfig> table =
      Fields<RetrainingConfig>()
          .duration(
              "acknowledge_within", &RetrainingConfig::acknowledge_within, {kMinute, 365 * kDay},
              "until when a retraining that was asked for has to be acknowledged; then it is overdue and "
              "told so. Where this is not set, that is so only for models whose retrainings have answered "
              "before, the others are not waited for any longer")
          .shown_default("1h")
          .duration(
              "finish_within", &RetrainingConfig::finish_within, {kMinute, 365 * kDay},
              "how long it may run, be trained without being deployed, be overdue before it is given up, "
              "and how long the new version may learn before the next is allowed")
          .duration("cooldown", &RetrainingConfig::cooldown, {0, 365 * kDay},
                    "from the end of one retraining to the next");
  return table;
}

}  // namespace driftd::alerts
