// What the judge has to tell, on its way out: incidents into the book, events of the book into the
// outbox, and a list of events for `replay` to print.
//
// The desk makes no decision of its own and calls nobody over the network: `run` takes the attempts
// that are due from `outbox` once they are stored. Owned by the engine's thread. `wall_now` is wall
// time; a replay without deliveries leaves it at 0.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/digest_notice.h"
#include "alerts/incident_book.h"
#include "alerts/outbox.h"

namespace driftd::app {

class AlertDesk {
 public:
  explicit AlertDesk(alerts::OutboxOptions options) : outbox(std::move(options)) {}

  void open(const alerts::IncidentKey& key, std::string_view reference_digest,
            const alerts::Findings& findings, Time slot_end) {
    tell(book.open(key, reference_digest, findings, slot_end));
  }
  void close(const alerts::IncidentKey& key, Time slot_end) { tell(book.close(key, slot_end)); }
  void tell(const std::optional<alerts::IncidentEvent>& event) {
    if (!event) return;
    outbox.enqueue(*event, wall_now);
    events.push_back(*event);
    unsaved = true;
  }

  void tell(alerts::DigestNotice digest) {
    outbox.enqueue(digest, wall_now);
    digests.push_back(std::move(digest));
    unsaved = true;
  }

  alerts::IncidentBook book;
  alerts::Outbox outbox;
  std::vector<alerts::IncidentEvent> events;  // since the last who-ever-prints took them
  std::vector<alerts::DigestNotice> digests;  // likewise
  Time wall_now = 0;
  bool unsaved = false;  // something happened since the last checkpoint
};

}  // namespace driftd::app
