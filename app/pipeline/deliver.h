// One turn of deliveries: outcomes into the outbox, what is due out to the receivers.
#pragma once

#include "alerts/delivery.h"
#include "alerts/outbox.h"
#include "core/time.h"

namespace driftd::app {

inline void take_outcomes(alerts::Outbox& outbox, std::vector<alerts::Outcome> outcomes, Time wall_now) {
  for (const alerts::Outcome& outcome : outcomes) outbox.report(outcome.id, outcome.answer, wall_now);
}

inline void send_due(alerts::Outbox& outbox, alerts::Delivery& delivery, Time wall_now) {
  for (alerts::Attempt& attempt : outbox.due(wall_now))
    delivery.submit(attempt.id, std::move(attempt.request), attempt.timeout);
}

}  // namespace driftd::app
