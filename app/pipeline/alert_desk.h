// What the judge has to tell, on its way out: incidents into the book, events of the book into the
// outbox, what follows for the model's retraining, and a list of events for `replay` to print.
//
// The desk calls nobody over the network: `run` takes the attempts that are due from `outbox` once they are
// stored. The protocol of retraining is followed here: requests that go out, answers that come in, time that
// is over (alerts/retraining.h). Owned by the engine's thread. `wall_now` is wall time; a replay without
// deliveries leaves it at 0.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/digest_notice.h"
#include "alerts/incident_book.h"
#include "alerts/outbox.h"
#include "alerts/retraining_book.h"
#include "app/config/config.h"
#include "core/event.h"

namespace driftd::app {

class AlertDesk {
 public:
  explicit AlertDesk(alerts::OutboxOptions options) : outbox(std::move(options)) {}

  // Mute windows and limits; the webhooks are the outbox's.
  void configure(const AlertsConfig& config) {
    book.set_mute_windows(config.mute);
    book.set_max_closed(static_cast<std::size_t>(config.max_closed));
    outbox.set_max_pending(static_cast<std::size_t>(config.max_pending));
  }

  void open(const alerts::IncidentKey& key, std::string_view reference_digest,
            const alerts::Findings& findings, Time slot_end) {
    tell(book.open(key, reference_digest, findings, slot_end));
  }
  void close(const alerts::IncidentKey& key, Time slot_end) { tell(book.close(key, slot_end)); }
  void tell(const std::optional<alerts::IncidentEvent>& event);

  // A person's word, over HTTP.
  Status resolve(std::string_view id, Time now);
  Status acknowledge(std::string_view id, Time now);
  // Opens an incident that asks for a retraining, and answers its id. `refused` where one is under way or no
  // webhook starts any.
  Result<std::string> ask_to_retrain(const std::string& model, const std::string& version,
                                     std::string_view reference_digest, const alerts::Findings& findings,
                                     Time now);

  // A `model` event at the close of its slot: what it is to the retraining. The incident that it resolves is
  // the judge's to tell.
  void hear(Lifecycle event, std::string_view model, std::string_view version, std::string_view incident,
            Time slot_end);
  // The prediction clock of the model has come to `clock`. `is_watched`: the reference of the version that
  // was deployed is known.
  void advance(std::string_view model, const alerts::RetrainingConfig& config, bool is_watched, Time clock);
  // Once everything is restored.
  void resume();

  void tell(alerts::DigestNotice digest) {
    outbox.enqueue(digest, wall_now);
    digests.push_back(std::move(digest));
    unsaved = true;
  }

  alerts::IncidentBook book;
  alerts::Outbox outbox;
  alerts::RetrainingBook retrainings;
  std::vector<alerts::IncidentEvent> events;  // since the last who-ever-prints took them
  std::vector<alerts::DigestNotice> digests;  // likewise
  Time wall_now = 0;
  bool unsaved = false;  // something happened since the last checkpoint

 private:
  void take_requests();
  void step(std::string_view model, alerts::RetrainingInput input, Time time, std::string_view incident = {},
            std::string_view version = {});
  void carry_out(std::string_view model, const alerts::RetrainingStep& step, Time time);
  void escalate(std::string_view model, const alerts::RetrainingStep& step, Time time);
  void follow_calls(std::string_view model, Time clock);
  void close_own_incidents(std::string_view model, Time time);
};

// The subjects of incidents of kind `rule` that no rule of the configuration is behind.
inline constexpr std::string_view kOnDemand = "driftd:on-demand";  // a person asked for a retraining
inline constexpr std::string_view kRetraining =
    "driftd:retraining";  // one went wrong whose incident is closed
bool is_own_subject(std::string_view subject);

}  // namespace driftd::app
