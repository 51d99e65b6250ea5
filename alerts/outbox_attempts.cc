// The outbox's deliveries on their way: attempts, outcomes, ends.
#include <algorithm>

#include "alerts/outbox.h"

namespace driftd::alerts {

void Outbox::touch(const DeliveryRecord& record) { dirty_.insert("delivery/" + record.id); }

DeliveryRecord* Outbox::find(std::string_view id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &records_.at(found->second);
}

void Outbox::keep(DeliveryRecord record) {
  const std::uint64_t sequence = record.sequence;
  by_id_[record.id] = sequence;
  const bool waiting = record.state == DeliveryState::waiting;
  if (waiting || record.state == DeliveryState::pending)
    unended_[record.webhook].insert(sequence);
  else
    ended_.insert(sequence);
  if (waiting) held_[{record.webhook, record.incident.key.model}].insert(sequence);
  touch(record);
  records_[sequence] = std::move(record);
}

void Outbox::erase(std::uint64_t sequence) {
  const DeliveryRecord& record = records_.at(sequence);
  touch(record);
  unended_[record.webhook].erase(sequence);
  held_[{record.webhook, record.incident.key.model}].erase(sequence);
  ended_.erase(sequence);
  under_way_.erase(sequence);
  by_id_.erase(record.id);
  records_.erase(sequence);
}

// The first delivery of each (webhook, incident) that is neither under way nor held back, as far as the
// webhook may take more.
std::vector<DeliveryRecord*> Outbox::ready() {
  std::vector<DeliveryRecord*> list;
  for (const WebhookConfig& webhook : webhooks_) {
    const auto open = unended_.find(webhook.name);
    if (open == unended_.end() || disabled_.contains(webhook.name)) continue;
    const auto busy = std::ranges::count_if(open->second, [&](auto s) { return under_way_.contains(s); });
    if (static_cast<std::size_t>(busy) >= options_.max_per_webhook) continue;
    std::set<std::string_view> begun;
    for (const std::uint64_t sequence : open->second) {
      DeliveryRecord& record = records_.at(sequence);
      if (!begun.insert(record.subject()).second) continue;
      if (record.state == DeliveryState::pending && !under_way_.contains(sequence)) list.push_back(&record);
    }
  }
  return list;
}

Time Outbox::next_due() {
  Time earliest = kEndOfTime;
  for (const DeliveryRecord* record : ready()) earliest = std::min(earliest, record->next_attempt);
  return earliest;
}

std::vector<Attempt> Outbox::due(Time now) {
  std::vector<Attempt> attempts;
  std::map<std::string, std::size_t> busy;
  for (const std::uint64_t sequence : under_way_) ++busy[records_.at(sequence).webhook];
  for (DeliveryRecord* record : ready()) {
    if (record->next_attempt > now || busy[record->webhook] >= options_.max_per_webhook) continue;
    const WebhookConfig& webhook = *config_of(record->webhook);
    ++record->attempts;
    ++counters_[record->webhook].attempts;
    touch(*record);
    auto request = record->digest ? render_request(webhook, *record->digest, options_.base_url, now)
                                  : render_request(webhook, record->event, record->event_time,
                                                   record->incident, options_.base_url, now);
    if (!request) {
      fail(*record, webhook, {Verdict::again, "request", request.error().message, std::nullopt}, now);
      continue;
    }
    ++busy[record->webhook];
    under_way_.insert(record->sequence);
    attempts.push_back({record->id, record->webhook, *std::move(request), webhook.timeout});
  }
  return attempts;
}

void Outbox::report(std::string_view id, const Answer& answer, Time now) {
  DeliveryRecord* record = find(id);
  if (record == nullptr || under_way_.erase(record->sequence) == 0) return;
  const WebhookConfig* webhook = config_of(record->webhook);
  if (webhook == nullptr) return;
  record->last_status = answer.status;
  const Judgement judgement = judge_answer(webhook->success, answer, now);
  WebhookCounters& counters = counters_[record->webhook];
  switch (judgement.verdict) {
    case Verdict::delivered:
      ++counters.deliveries;
      counters.last_success = now;
      return end(*record, DeliveryState::delivered, "", now);
    case Verdict::again:
      return fail(*record, *webhook, judgement, now);
    case Verdict::gone:
      disabled_.insert(record->webhook);
      [[fallthrough]];
    case Verdict::give_up:
      ++counters.failures[judgement.reason];
      return end(*record, DeliveryState::abandoned, judgement.message, now);
  }
}

void Outbox::fail(DeliveryRecord& record, const WebhookConfig& webhook, const Judgement& judgement,
                  Time now) {
  ++counters_[record.webhook].failures[judgement.reason];
  record.last_error = judgement.message;
  record.ended = now;
  touch(record);
  const Time deadline = record.created + webhook.retry.give_up_after;
  if (now >= deadline) return end(record, DeliveryState::abandoned, judgement.message, now);
  const Duration wait = std::max(back_off(record.id, record.attempts), judgement.wait.value_or(0));
  record.next_attempt = std::min(now + wait, deadline);  // a last attempt where the time is over
}

void Outbox::move(DeliveryRecord& record, Duration by) {
  record.created += by;
  record.next_attempt += by;
  if (record.ended != 0) record.ended += by;
  touch(record);
}

void Outbox::clock_was_set(Duration by) {
  for (const auto& [webhook, sequences] : unended_)
    for (const std::uint64_t sequence : sequences) move(records_.at(sequence), by);
}

void Outbox::end(DeliveryRecord& record, DeliveryState state, std::string why, Time now) {
  if (state == DeliveryState::abandoned)
    if (const auto counters = counters_.find(record.webhook); counters != counters_.end())
      ++counters->second.abandoned;
  unended_[record.webhook].erase(record.sequence);
  held_[{record.webhook, record.incident.key.model}].erase(record.sequence);
  under_way_.erase(record.sequence);
  ended_.insert(record.sequence);
  record.state = state;
  record.last_error = std::move(why);
  record.ended = now;
  touch(record);
  while (ended_.size() > options_.max_ended) erase(*ended_.begin());
}

Status Outbox::retry(std::string_view id, Time now) {
  const auto refused = [&](std::string why) { return Error{ErrorCode::refused, std::move(why)}; };
  DeliveryRecord* record = find(id);
  if (record == nullptr) return Error{ErrorCode::not_found, "there is no delivery " + std::string(id)};
  if (config_of(record->webhook) == nullptr)
    return refused("the webhook " + record->webhook + " is not configured any more");
  if (disabled_.contains(record->webhook))
    return refused("the webhook " + record->webhook + " answered 410; reload the configuration first");
  if (record->state == DeliveryState::delivered) return refused("it was delivered already");
  if (record->state == DeliveryState::waiting)
    return refused(record->behind ? "it waits for the retraining that is under way to end"
                                  : "it waits for the cool-down to end");
  if (under_way_.contains(record->sequence)) return refused("an attempt is under way");
  if (record->state == DeliveryState::abandoned) {
    ended_.erase(record->sequence);
    unended_[record->webhook].insert(record->sequence);
    record->state = DeliveryState::pending;
    record->created = now;
    record->ended = 0;
  }
  record->next_attempt = now;
  touch(*record);
  return success();
}

std::vector<const DeliveryRecord*> Outbox::deliveries() const {
  std::vector<const DeliveryRecord*> list;
  for (const auto& [sequence, record] : records_) list.push_back(&record);
  return list;
}

std::size_t Outbox::pending(std::string_view webhook) const {
  const auto open = unended_.find(webhook);
  return open == unended_.end() ? 0 : open->second.size();
}

}  // namespace driftd::alerts
