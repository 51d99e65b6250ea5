#include "alerts/outbox.h"

#include <algorithm>
#include <array>

#include "alerts/target.h"

namespace driftd::alerts {

namespace {

template <class T>
bool passes(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

bool concerns(const WebhookConfig& webhook, const Incident& incident) {
  return passes(webhook.actions, incident.findings.action) && passes(webhook.models, incident.key.model) &&
         passes(webhook.kinds, incident.key.kind) && passes(webhook.severities, incident.findings.severity);
}

bool wants(const WebhookConfig& webhook, EventType type) {
  const std::vector<EventType> events = webhook.effective_events();
  return std::ranges::find(events, type) != events.end();
}

// A delivery of what happened to `subject` at `at`, to be made at once.
DeliveryRecord new_delivery(const WebhookConfig& webhook, std::string_view subject, EventType event, Time at,
                            Time now) {
  DeliveryRecord record;
  record.id = webhook_id(subject, event, at, webhook.name);
  record.webhook = webhook.name;
  record.event = event;
  record.event_time = at;
  record.created = record.next_attempt = now;
  return record;
}

}  // namespace

std::string_view name_of(DeliveryState state) {
  static constexpr std::array<std::string_view, 4> kNames = {"waiting", "pending", "delivered", "abandoned"};
  return kNames.at(static_cast<std::size_t>(state));
}

const WebhookConfig* Outbox::config_of(std::string_view name) const {
  const auto found = std::ranges::find(webhooks_, name, &WebhookConfig::name);
  return found == webhooks_.end() ? nullptr : &*found;
}

void Outbox::configure(const std::vector<WebhookConfig>& webhooks, Time now) {
  webhooks_.clear();
  for (const WebhookConfig& webhook : webhooks) webhooks_.push_back(fill_in_target(webhook));
  disabled_.clear();
  for (auto& [name, sequences] : unended_) {
    if (config_of(name) != nullptr) continue;
    for (const std::uint64_t sequence : Sequences(sequences))
      end(records_.at(sequence), DeliveryState::abandoned, "the webhook is not configured any more", now);
  }
  if (now != 0) move_back(now);
  std::erase_if(counters_, [&](const auto& entry) { return config_of(entry.first) == nullptr; });
  for (const WebhookConfig& webhook : webhooks_) {
    WebhookCounters& counters = counters_[webhook.name];
    for (const std::string_view reason : failure_reasons())
      counters.failures.try_emplace(std::string(reason));
  }
}

// What has been stored later than now was so before the clock was set back.
void Outbox::move_back(Time now) {
  for (const auto& [name, sequences] : unended_)
    for (const std::uint64_t sequence : sequences) {
      DeliveryRecord& record = records_.at(sequence);
      if (const Time last = std::max(record.created, record.ended); last > now) move(record, now - last);
    }
}

void Outbox::enqueue(const IncidentEvent& event, Time now) {
  if (event.muted) return;
  // What the cool-down held back until before this event is due before it.
  advance(event.incident.key.model, event.time - 1, now);
  for (const WebhookConfig& webhook : webhooks_) offer(webhook, event, now);
  if (event.type == EventType::resolved && told_.erase(event.incident.id) > 0)
    dirty_.insert("told/" + event.incident.id);
}

void Outbox::offer(const WebhookConfig& webhook, const IncidentEvent& event, Time now) {
  if (event.type == EventType::resolved) return offer_resolved(webhook, event, now);
  if (!concerns(webhook, event.incident)) return;
  if (event.type == EventType::escalated) return offer_escalated(webhook, event, now);
  mark_told(event.incident, webhook.name);
  if (wants(webhook, EventType::opened)) add(webhook, EventType::opened, event, now);
}

// Whether this webhook had not been concerned before.
bool Outbox::mark_told(const Incident& incident, const std::string& webhook) {
  Told& told = told_[incident.id];
  told.model = incident.key.model;
  dirty_.insert("told/" + incident.id);
  return told.webhooks.insert(webhook).second;
}

void Outbox::offer_escalated(const WebhookConfig& webhook, const IncidentEvent& event, Time now) {
  const bool first = mark_told(event.incident, webhook.name);
  DeliveryRecord* held = held_for(webhook.name, event.incident.id);
  if (held != nullptr) erase(held->sequence);  // the newer news stands for both
  const bool as_opened = (first || held != nullptr) && wants(webhook, EventType::opened);
  if (as_opened || wants(webhook, EventType::escalated))
    add(webhook, as_opened ? EventType::opened : EventType::escalated, event, now);
}

void Outbox::offer_resolved(const WebhookConfig& webhook, const IncidentEvent& event, Time now) {
  const auto told = told_.find(event.incident.id);
  if (told == told_.end() || !told->second.webhooks.contains(webhook.name)) return;
  if (DeliveryRecord* held = held_for(webhook.name, event.incident.id); held != nullptr)
    return end(*held, DeliveryState::abandoned,
               held->behind ? "the incident closed while another retraining was under way"
                            : "the incident closed before the cool-down was over",
               now);
  if (wants(webhook, EventType::resolved)) add(webhook, EventType::resolved, event, now);
}

void Outbox::add(const WebhookConfig& webhook, EventType type, const IncidentEvent& event, Time now) {
  DeliveryRecord record = new_delivery(webhook, event.incident.id, type, event.time, now);
  if (by_id_.contains(record.id)) return;
  record.incident = event.incident;
  record.sequence = next_sequence_++;
  if (must_wait(webhook, record)) record.state = DeliveryState::waiting;
  keep(std::move(record));
  trim(webhook.name, now);
}

void Outbox::enqueue(const DigestNotice& digest, Time now) {
  for (const WebhookConfig& webhook : webhooks_) {
    if (!wants(webhook, EventType::digest)) continue;
    DeliveryRecord record = new_delivery(webhook, digest.id, EventType::digest, digest.at, now);
    if (by_id_.contains(record.id)) continue;
    record.digest = digest;
    record.sequence = next_sequence_++;
    keep(std::move(record));
    trim(webhook.name, now);
  }
}

bool Outbox::must_wait(const WebhookConfig& webhook, DeliveryRecord& record) {
  const bool asks_to_retrain =
      record.event == EventType::opened && record.incident.findings.action == Action::retrain;
  if (!asks_to_retrain) return false;
  record.behind = is_behind(webhook, record);
  const Incident& incident = record.incident;
  if (record.behind)
    requests_.push_back({incident.key.model, incident.key.version, incident.id, record.event_time, 0});
  if (record.behind || cools_down(webhook, record)) return true;
  begin_retraining(webhook, record, record.event_time);
  return false;
}

// Several webhooks may start their parts of one retraining: those that the same event of the incident is for.
bool Outbox::is_behind(const WebhookConfig& webhook, const DeliveryRecord& record) const {
  if (!webhook.starts_retraining()) return false;
  const auto found = retraining_.find(record.incident.key.model);
  return found != retraining_.end() &&
         (found->second.incident != record.incident.id || found->second.event_time != record.event_time);
}

void Outbox::begin_retraining(const WebhookConfig& webhook, DeliveryRecord& record, Time time) {
  if (!webhook.starts_retraining()) return;
  record.starts = true;
  const Incident& incident = record.incident;
  const auto [entry, first] =
      retraining_.try_emplace(incident.key.model, UnderWay{incident.id, record.event_time});
  if (first)
    requests_.push_back({incident.key.model, incident.key.version, incident.id, time, webhook.cooldown});
}

bool Outbox::cools_down(const WebhookConfig& webhook, const DeliveryRecord& record) {
  if (webhook.cooldown == 0) return false;
  const Route route{webhook.name, record.incident.key.model};
  const auto [last, first] = last_retrain_.try_emplace(route, record.event_time);
  if (!first && record.event_time - last->second < webhook.cooldown) return true;
  last->second = std::max(last->second, record.event_time);
  dirty_.insert("cooldown/" + route.first + '\0' + route.second);
  return false;
}

DeliveryRecord* Outbox::held_for(std::string_view webhook, std::string_view incident) {
  const auto open = unended_.find(webhook);
  if (open == unended_.end()) return nullptr;
  for (const std::uint64_t sequence : open->second) {
    DeliveryRecord& record = records_.at(sequence);
    if (record.state == DeliveryState::waiting && record.incident.id == incident) return &record;
  }
  return nullptr;
}

void Outbox::advance(std::string_view model, Time clock, Time now) {
  for (const WebhookConfig& webhook : webhooks_) release(webhook, std::string(model), clock, now);
}

void Outbox::release(const WebhookConfig& webhook, const std::string& model, Time clock, Time now) {
  const Route route{webhook.name, model};
  const auto held = held_.find(route);
  while (held != held_.end() && !held->second.empty()) {
    DeliveryRecord& record = records_.at(*held->second.begin());
    if (is_behind(webhook, record)) return;
    Time over = record.event_time;
    if (const auto last = last_retrain_.find(route); webhook.cooldown > 0 && last != last_retrain_.end())
      over = last->second + webhook.cooldown;
    if (clock < over) return;
    if (record.behind) over = clock;
    held->second.erase(record.sequence);
    if (webhook.cooldown > 0) {
      last_retrain_[route] = over;
      dirty_.insert("cooldown/" + route.first + '\0' + route.second);
    }
    begin_retraining(webhook, record, over);
    record.state = DeliveryState::pending;
    record.behind = false;
    record.created = now;
    record.next_attempt = now;
    touch(record);
  }
}

void Outbox::set_retraining(std::string_view model, bool under_way) {
  if (under_way)
    retraining_.try_emplace(std::string(model));
  else if (const auto found = retraining_.find(model); found != retraining_.end())
    retraining_.erase(found);
}

std::vector<std::string> Outbox::drop_behind(std::string_view model, Time now) {
  std::set<std::string> incidents;
  std::vector<std::uint64_t> dropped;
  for (const auto& [route, sequences] : held_)
    if (route.second == model)
      for (const std::uint64_t sequence : sequences)
        if (records_.at(sequence).behind) dropped.push_back(sequence);
  for (const std::uint64_t sequence : dropped) {
    DeliveryRecord& record = records_.at(sequence);
    incidents.insert(record.incident.id);
    end(record, DeliveryState::abandoned, "another retraining of the model was deployed meanwhile", now);
  }
  return {incidents.begin(), incidents.end()};
}

Outbox::Calls Outbox::calls_for(std::string_view incident) const {
  // An incident that came back asks anew: the latest of its events counts.
  Calls calls = Calls::none;
  Time asked = kEarliestTime;
  for (const auto& [sequence, record] : records_) {
    if (!record.starts || record.incident.id != incident || record.event_time < asked) continue;
    if (record.event_time > asked) calls = Calls::none;
    asked = record.event_time;
    if (record.state == DeliveryState::pending)
      calls = Calls::on_their_way;
    else if (calls != Calls::on_their_way)
      calls =
          record.state == DeliveryState::delivered || calls == Calls::taken ? Calls::taken : Calls::given_up;
  }
  return calls;
}

void Outbox::end_calls(std::string_view incident, Time now) {
  std::vector<std::uint64_t> open;
  for (const auto& [webhook, sequences] : unended_)
    for (const std::uint64_t sequence : sequences)
      if (const DeliveryRecord& record = records_.at(sequence);
          record.starts && record.incident.id == incident)
        open.push_back(sequence);
  for (const std::uint64_t sequence : open)
    end(records_.at(sequence), DeliveryState::abandoned, "the retraining was answered before the call was",
        now);
}

std::size_t Outbox::behind(std::string_view model) const {
  std::size_t count = 0;
  for (const auto& [route, sequences] : held_)
    if (route.second == model)
      count += static_cast<std::size_t>(
          std::ranges::count_if(sequences, [&](auto sequence) { return records_.at(sequence).behind; }));
  return count;
}

bool Outbox::can_retrain(const Incident& incident) const {
  return std::ranges::any_of(webhooks_, [&](const WebhookConfig& webhook) {
    return webhook.starts_retraining() && concerns(webhook, incident) && wants(webhook, EventType::opened) &&
           !disabled_.contains(webhook.name);
  });
}

void Outbox::trim(const std::string& webhook, Time now) {
  while (unended_[webhook].size() > options_.max_pending) {
    const Sequences& open = unended_[webhook];
    const auto oldest = std::ranges::find_if(open, [&](auto s) { return !under_way_.contains(s); });
    if (oldest == open.end()) return;
    ++crowded_out_[webhook];
    end(records_.at(*oldest), DeliveryState::abandoned, "too many deliveries wait for this webhook", now);
  }
}

void Outbox::forget_model(std::string_view model, Time now) {
  std::vector<std::uint64_t> open;
  for (const auto& [webhook, sequences] : unended_)
    open.insert(open.end(), sequences.begin(), sequences.end());
  for (const std::uint64_t sequence : open)
    if (DeliveryRecord& record = records_.at(sequence); record.incident.key.model == model)
      end(record, DeliveryState::abandoned, "the model was deleted", now);
  std::erase_if(told_, [&](const auto& entry) {
    if (entry.second.model != model) return false;
    dirty_.insert("told/" + entry.first);
    return true;
  });
  set_retraining(model, false);
  std::erase_if(last_retrain_, [&](const auto& entry) {
    if (entry.first.second != model) return false;
    dirty_.insert("cooldown/" + entry.first.first + '\0' + entry.first.second);
    return true;
  });
}

}  // namespace driftd::alerts
