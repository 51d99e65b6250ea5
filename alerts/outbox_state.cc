// The outbox's stored entries: "delivery/ID", "told/INCIDENT", "cooldown/WEBHOOK\0MODEL"; and its
// deliveries as JSON for people.
#include <nlohmann/json.hpp>

#include "alerts/outbox.h"

namespace driftd::alerts {

namespace {

constexpr std::uint64_t kVersion = 2;
constexpr std::string_view kDelivery = "delivery/";
constexpr std::string_view kTold = "told/";
constexpr std::string_view kCooldown = "cooldown/";

Error damaged(std::string_view key) {
  return {ErrorCode::corrupt, "the outbox's entry " + std::string(key) + " is damaged"};
}

nlohmann::ordered_json time_or_null(Time time, bool known) {
  return known ? nlohmann::ordered_json(format_rfc3339(time)) : nlohmann::ordered_json(nullptr);
}

}  // namespace

void DeliveryRecord::save(Encoder& out) const {
  out.put_text(id);
  out.put_text(webhook);
  out.put_u8(static_cast<std::uint8_t>(event));
  out.put_i64(event_time);
  incident.save(out);
  out.put_u64(sequence);
  out.put_u8(static_cast<std::uint8_t>(state));
  out.put_i64(attempts);
  out.put_i64(created);
  out.put_i64(next_attempt);
  out.put_i64(ended);
  out.put_i64(last_status);
  out.put_text(last_error);
  out.put_bool(behind);
  out.put_bool(starts);
  out.put_bool(digest.has_value());
  if (digest) digest->save(out);
}

Result<DeliveryRecord> DeliveryRecord::load(Decoder& in) {
  DeliveryRecord record;
  record.id = in.get_text();
  record.webhook = in.get_text();
  const std::uint8_t event = in.get_u8();
  record.event_time = in.get_time();
  auto incident = Incident::load(in);
  if (!incident) return incident.error();
  record.incident = *std::move(incident);
  record.sequence = in.get_u64();
  const std::uint8_t state = in.get_u8();
  record.attempts = in.get_within(0, kMostAmount);
  record.created = in.get_time();
  record.next_attempt = in.get_time();
  record.ended = in.get_time();
  record.last_status = static_cast<int>(in.get_within(0, 999));
  record.last_error = in.get_text();
  record.behind = in.format() >= 2 && in.get_bool();
  record.starts = in.format() >= 2 && in.get_bool();
  if (in.format() >= 2 && in.get_bool()) record.digest.emplace().load(in);
  if (!in.ok() || event > static_cast<std::uint8_t>(EventType::digest) ||
      state > static_cast<std::uint8_t>(DeliveryState::abandoned))
    return Error{ErrorCode::corrupt, "a delivery's bytes do not fit together"};
  record.event = static_cast<EventType>(event);
  record.state = static_cast<DeliveryState>(state);
  return record;
}

void Outbox::take_changes(const EntryWriter& write) {
  for (const std::string& key : dirty_) {
    const std::string_view view = key;
    Encoder out;
    bool there = false;
    if (view.starts_with(kDelivery)) {
      const DeliveryRecord* record = find(view.substr(kDelivery.size()));
      if ((there = record != nullptr)) record->save(out);
    } else if (view.starts_with(kTold)) {
      const auto told = told_.find(view.substr(kTold.size()));
      if ((there = told != told_.end())) {
        out.put_text(told->second.model);
        out.put_u64(told->second.webhooks.size());
        for (const std::string& webhook : told->second.webhooks) out.put_text(webhook);
      }
    } else {
      const std::size_t parting = view.find('\0');
      const Route route{view.substr(kCooldown.size(), parting - kCooldown.size()), view.substr(parting + 1)};
      const auto last = last_retrain_.find(route);
      if ((there = last != last_retrain_.end())) out.put_i64(last->second);
    }
    if (there)
      write(key, seal("outbox", kVersion, out.bytes()));
    else
      write(key, std::nullopt);
  }
  dirty_.clear();
}

void Outbox::restore_delivery(DeliveryRecord record) {
  next_sequence_ = std::max(next_sequence_, record.sequence + 1);
  keep(std::move(record));
}

Status Outbox::restore(std::string_view key, std::string_view bytes) {
  const auto unsealed = unseal("outbox", kVersion, bytes);
  if (!unsealed) return unsealed.error();
  Decoder in(*unsealed);
  if (key.starts_with(kDelivery)) {
    auto record = DeliveryRecord::load(in);
    if (!record) return record.error();
    if (!in.at_end() || records_.contains(record->sequence)) return damaged(key);
    restore_delivery(*std::move(record));
  } else if (key.starts_with(kTold)) {
    Told told{std::string(in.get_text()), {}};
    for (std::size_t rest = in.get_count(); rest > 0; --rest) told.webhooks.emplace(in.get_text());
    if (!in.ok() || !in.at_end()) return damaged(key);
    told_[std::string(key.substr(kTold.size()))] = std::move(told);
  } else {
    const std::size_t parting = key.find('\0');
    const Time last = in.get_time();
    if (!key.starts_with(kCooldown) || parting == std::string_view::npos || !in.ok()) return damaged(key);
    const std::string webhook(key.substr(kCooldown.size(), parting - kCooldown.size()));
    last_retrain_[{webhook, std::string(key.substr(parting + 1))}] = last;
  }
  dirty_.erase(std::string(key));
  return success();
}

std::string Outbox::deliveries_json() const {
  using Json = nlohmann::ordered_json;
  Json list = Json::array();
  for (auto it = records_.rbegin(); it != records_.rend(); ++it) {
    const DeliveryRecord& record = it->second;
    const bool ended = record.state == DeliveryState::delivered || record.state == DeliveryState::abandoned;
    list.push_back(
        {{"id", record.id},
         {"webhook", record.webhook},
         {"event", name_of(record.event)},
         {"incident", record.digest ? Json(nullptr) : Json(record.incident.id)},
         {"model", record.digest ? Json(nullptr) : Json(record.incident.key.model)},
         {"state", name_of(record.state)},
         {"attempts", record.attempts},
         {"created_at", time_or_null(record.created, true)},
         {"next_attempt_at", time_or_null(record.next_attempt, record.state == DeliveryState::pending)},
         {"ended_at", time_or_null(record.ended, ended)},
         {"status", record.last_status == 0 ? Json(nullptr) : Json(record.last_status)},
         {"error", record.last_error.empty() ? Json(nullptr) : Json(record.last_error)}});
  }
  return Json{{"deliveries", std::move(list)}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace driftd::alerts
