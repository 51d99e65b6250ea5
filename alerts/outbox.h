// The outbox: which webhook is told what, and every delivery's way to its end (DESIGN 4, *Webhooks*).
//
// A pure state machine. enqueue takes an event of the incident book, or a digest; due says which deliveries
// to attempt now; report takes the outcome of an attempt. Every delivery ends, as delivered or abandoned: it
// is retried with exponential back-off and jitter for at most `retry.for`. Deliveries of one (webhook,
// incident) go out in their order; a webhook has at most four under way.
//
// Two times: `now` is wall time (attempts, back-off, give-up), event time rules the cool-down. At least
// once: an attempt whose outcome a crash swallowed is made again with the same webhook-id. Not
// thread-safe; the thread that closes slots owns it. Order of iteration is that of keys.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/digest_notice.h"
#include "alerts/incident.h"
#include "alerts/incident_book.h"
#include "alerts/retry.h"
#include "alerts/webhook_config.h"
#include "alerts/webhook_request.h"

namespace driftd::alerts {

enum class DeliveryState : std::uint8_t {
  waiting /*for the cool-down or its turn*/,
  pending,
  delivered,
  abandoned
};
std::string_view name_of(DeliveryState state);

struct DeliveryRecord {
  std::string id;  // the webhook-id
  std::string webhook;
  EventType event = EventType::opened;
  Time event_time = 0;
  Incident incident;                   // as it was at the event
  std::optional<DigestNotice> digest;  // in place of an incident
  std::uint64_t sequence = 0;
  DeliveryState state = DeliveryState::pending;
  bool behind = false;  // waiting: for the retraining that is under way to end
  bool starts = false;  // a retraining: the call that the protocol waits for
  std::int64_t attempts = 0;
  Time created = 0;       // wall; what `retry.for` counts from
  Time next_attempt = 0;  // wall
  Time ended = 0;         // wall; of delivered and abandoned ones; of others their last failure, or 0
  int last_status = 0;
  std::string last_error;  // why the last attempt failed, or why it was abandoned

  // What deliveries to one webhook keep their order for.
  [[nodiscard]] const std::string& subject() const { return digest ? digest->id : incident.id; }

  void save(Encoder& out) const;
  static Result<DeliveryRecord> load(Decoder& in);
};

struct Attempt {
  std::string id;
  std::string webhook;
  HttpRequest request;
  Duration timeout = 0;
};

struct WebhookCounters {
  std::uint64_t attempts = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t abandoned = 0;
  std::map<std::string, std::uint64_t, std::less<>> failures;  // by reason
  std::optional<Time> last_success;
};

struct OutboxOptions {
  std::string base_url;              // of the service, for links in alerts
  std::size_t max_per_webhook = 4;   // attempts under way
  std::size_t max_ended = 1'000;     // delivered and abandoned ones kept to be shown
  std::size_t max_pending = 10'000;  // per webhook; beyond, the oldest are abandoned
};

// A call that starts a retraining has been made ready, or has to wait for the one that is under way.
struct RetrainRequest {
  std::string model;
  std::string version;
  std::string incident;
  Time time = 0;          // of the event that asked, or of the clock that released it
  Duration cooldown = 0;  // of the webhook that is called
};

class Outbox {
 public:
  explicit Outbox(OutboxOptions options) : options_(std::move(options)) {}

  // At start, when everything is restored, and at reload. Webhooks that answered 410 are tried again; what
  // was on its way to a webhook that is gone is abandoned. What is restored from later than `now` (unless
  // that is 0: a replay) was stored before the clock was set back: it goes on as if that were now.
  void configure(const std::vector<WebhookConfig>& webhooks, Time now);
  // The wall clock was set by so much: what waits goes on waiting for as long as it would have.
  void clock_was_set(Duration by);
  void set_max_pending(std::size_t most) { options_.max_pending = most; }

  void enqueue(const IncidentEvent& event, Time now);
  // While a retraining of the model is under way, calls that would start another wait (retraining.h). Whoever
  // follows the protocol says when that is so; a request that goes out makes it so by itself.
  void set_retraining(std::string_view model, bool under_way);
  std::vector<RetrainRequest> take_requests() { return std::exchange(requests_, {}); }
  // What waits behind a retraining is answered by what was deployed; the incidents that it was about.
  std::vector<std::string> drop_behind(std::string_view model, Time now);
  [[nodiscard]] std::size_t behind(std::string_view model) const;
  // How the calls that start the retraining for an incident fared; `none` where there are none any more.
  enum class Calls : std::uint8_t { none, on_their_way, taken, given_up };
  [[nodiscard]] Calls calls_for(std::string_view incident) const;
  // The retraining has been answered, so that calls that are still on their way are not made again.
  void end_calls(std::string_view incident, Time now);
  // Whether some webhook would start a retraining for such an incident.
  [[nodiscard]] bool can_retrain(const Incident& incident) const;

  // To the webhooks whose `events` name it, whatever their filters.
  void enqueue(const DigestNotice& digest, Time now);
  // The event clock of `model` has come to `clock`: cool-downs that are over send what they held back.
  void advance(std::string_view model, Time clock, Time now);

  // Marks what it returns as under way. A request that cannot be rendered counts as a failed attempt.
  std::vector<Attempt> due(Time now);
  // When due will have something, as far as is known; kEndOfTime where nothing waits.
  [[nodiscard]] Time next_due();
  void report(std::string_view id, const Answer& answer, Time now);
  // A person's word: `not_found`; `refused` while it is under way, delivered or its webhook disabled.
  Status retry(std::string_view id, Time now);

  [[nodiscard]] std::vector<const DeliveryRecord*> deliveries() const;  // in order of sequence
  [[nodiscard]] const std::map<std::string, WebhookCounters, std::less<>>& counters() const {
    return counters_;
  }
  [[nodiscard]] std::size_t pending(std::string_view webhook) const;  // waiting ones too
  // Deliveries that were abandoned for newer ones since the last call, by webhook.
  std::map<std::string, std::uint64_t> take_crowded_out() { return std::exchange(crowded_out_, {}); }
  [[nodiscard]] std::string deliveries_json() const;  // {"deliveries":[...]}, newest first

  void forget_model(std::string_view model, Time now);  // pending deliveries are abandoned
  void take_changes(const EntryWriter& write);
  Status restore(std::string_view key, std::string_view bytes);

 private:
  using Sequences = std::set<std::uint64_t>;
  struct Told {
    std::string model;
    std::set<std::string> webhooks;
  };
  using Route = std::pair<std::string, std::string>;  // (webhook, model)

  [[nodiscard]] const WebhookConfig* config_of(std::string_view name) const;
  bool mark_told(const Incident& incident, const std::string& webhook);
  void offer(const WebhookConfig& webhook, const IncidentEvent& event, Time now);
  void offer_escalated(const WebhookConfig& webhook, const IncidentEvent& event, Time now);
  void offer_resolved(const WebhookConfig& webhook, const IncidentEvent& event, Time now);
  void add(const WebhookConfig& webhook, EventType type, const IncidentEvent& event, Time now);
  [[nodiscard]] bool must_wait(const WebhookConfig& webhook, DeliveryRecord& record);
  [[nodiscard]] bool is_behind(const WebhookConfig& webhook, const DeliveryRecord& record) const;
  [[nodiscard]] bool cools_down(const WebhookConfig& webhook, const DeliveryRecord& record);
  void begin_retraining(const WebhookConfig& webhook, DeliveryRecord& record, Time time);
  DeliveryRecord* held_for(std::string_view webhook, std::string_view incident);
  void release(const WebhookConfig& webhook, const std::string& model, Time clock, Time now);
  void end(DeliveryRecord& record, DeliveryState state, std::string why, Time now);
  void fail(DeliveryRecord& record, const WebhookConfig& webhook, const Judgement& judgement, Time now);
  void erase(std::uint64_t sequence);
  void keep(DeliveryRecord record);
  void trim(const std::string& webhook, Time now);
  void touch(const DeliveryRecord& record);
  void move(DeliveryRecord& record, Duration by);
  void move_back(Time now);
  [[nodiscard]] std::vector<DeliveryRecord*> ready();
  DeliveryRecord* find(std::string_view id);
  void restore_delivery(DeliveryRecord record);

  OutboxOptions options_;
  std::vector<WebhookConfig> webhooks_;
  std::set<std::string, std::less<>> disabled_;      // answered 410 since the last configure
  std::map<std::uint64_t, DeliveryRecord> records_;  // by sequence
  std::map<std::string, std::uint64_t, std::less<>> by_id_;
  std::map<std::string, Sequences, std::less<>> unended_;  // by webhook
  std::map<Route, Sequences> held_;                        // those that wait for the cool-down
  Sequences ended_;
  std::set<std::uint64_t> under_way_;
  std::map<std::string, Told, std::less<>> told_;  // by open incident: the webhooks it concerned
  std::map<Route, Time> last_retrain_;             // event time
  struct UnderWay {
    std::string incident;  // that asked, and the event by which it did; empty: another did
    Time event_time = 0;
  };
  std::map<std::string, UnderWay, std::less<>> retraining_;  // by model
  std::vector<RetrainRequest> requests_;
  std::map<std::string, WebhookCounters, std::less<>> counters_;
  std::map<std::string, std::uint64_t> crowded_out_;
  std::uint64_t next_sequence_ = 1;
  std::set<std::string, std::less<>> dirty_;  // keys of stored entries
};

}  // namespace driftd::alerts
