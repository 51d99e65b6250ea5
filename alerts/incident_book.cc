#include "alerts/incident_book.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace driftd::alerts {

// Whether severity or action rose.
bool IncidentBook::take_over(Incident& incident, const Findings& findings) {
  const Severity severity = std::max(incident.findings.severity, findings.severity);
  const Action action = std::max(incident.findings.action, findings.action);
  const bool rose = severity != incident.findings.severity || action != incident.findings.action;
  incident.findings = findings;
  incident.findings.severity = severity;
  incident.findings.action = action;
  return rose;
}

IncidentEvent IncidentBook::tell(EventType type, const Incident& incident, Time time) {
  dirty_.insert(incident.id);
  const bool hushed = type == EventType::escalated && is_muted(mute_, incident.key.model, time);
  return {type, time, false, incident.muted || hushed, incident};
}

std::optional<IncidentEvent> IncidentBook::open(const IncidentKey& key, std::string_view reference_digest,
                                                const Findings& findings, Time slot_end, Heed heed) {
  Incident* last = last_under(key);
  if (last != nullptr && last->is_open()) {
    dirty_.insert(last->id);
    if (!take_over(*last, findings)) return std::nullopt;
    return tell(EventType::escalated, *last, slot_end);
  }
  const bool again = last != nullptr && slot_end - *last->resolved_at <= options_.continue_within;
  if (!again) {
    const std::string id = incident_id(key, reference_digest, slot_end);
    last = &incidents_[id];
    *last = Incident{id, key, {}, slot_end, {}, IncidentState::open, false, {}, {}};
    latest_[key] = id;
    ++totals_[{key.model, key.version, key.kind, findings.severity}];
    totals_dirty_ = true;
  }
  last->findings = findings;
  last->reference = reference_digest;
  last->state = IncidentState::open;
  last->resolved_at.reset();
  last->muted = heed == Heed::mutes && is_muted(mute_, key.model, slot_end);
  IncidentEvent event = tell(EventType::opened, *last, slot_end);
  event.reopened = again;
  return event;
}

IncidentEvent IncidentBook::finish(Incident& incident, Time time) {
  incident.state = IncidentState::resolved;
  incident.resolved_at = std::max(time, incident.opened_at);
  return tell(EventType::resolved, incident, time);
}

std::optional<IncidentEvent> IncidentBook::close(const IncidentKey& key, Time slot_end) {
  Incident* last = last_under(key);
  if (last == nullptr || !last->is_open()) return std::nullopt;
  return finish(*last, slot_end);
}

Result<IncidentEvent> IncidentBook::resolve(std::string_view id, Time now) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end())
    return Error{ErrorCode::not_found, "there is no incident " + std::string(id)};
  if (!found->second.is_open())
    return Error{ErrorCode::refused, "incident " + std::string(id) + " is resolved already"};
  return finish(found->second, now);
}

Status IncidentBook::acknowledge(std::string_view id) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end())
    return Error{ErrorCode::not_found, "there is no incident " + std::string(id)};
  if (!found->second.is_open())
    return Error{ErrorCode::refused, "incident " + std::string(id) + " is resolved already"};
  found->second.state = IncidentState::acknowledged;
  dirty_.insert(found->first);
  return success();
}

std::optional<IncidentEvent> IncidentBook::answer(Lifecycle event, std::string_view id, Time slot_end) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end() || !found->second.is_open()) return std::nullopt;
  if (event == Lifecycle::deployed || event == Lifecycle::rolled_back) return finish(found->second, slot_end);
  if (event == Lifecycle::retraining_started) {
    found->second.state = IncidentState::acknowledged;
    dirty_.insert(found->first);
  }
  return std::nullopt;
}

void IncidentBook::note_retraining(std::string_view id, std::string_view standing) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end() || found->second.retraining == standing) return;
  found->second.retraining = standing;
  dirty_.insert(found->first);
}

std::optional<IncidentEvent> IncidentBook::escalate(std::string_view id, std::string_view why, Time time) {
  const auto found = incidents_.find(id);
  if (found == incidents_.end() || !found->second.is_open()) return std::nullopt;
  Incident& incident = found->second;
  incident.state = IncidentState::open;
  incident.findings.severity = Severity::critical;
  incident.findings.summary = std::string(why) + ": " + incident.findings.summary;
  return tell(EventType::escalated, incident, std::max(time, incident.opened_at));
}

std::string IncidentBook::incident_named_in(std::string_view metadata) {
  const auto json = nlohmann::json::parse(metadata, nullptr, false);
  if (!json.is_object()) return {};
  const auto named = json.find("incident");
  return named != json.end() && named->is_string() ? named->get<std::string>() : std::string();
}

const Incident* IncidentBook::find(std::string_view id) const {
  const auto found = incidents_.find(id);
  return found == incidents_.end() ? nullptr : &found->second;
}

Incident* IncidentBook::last_under(const IncidentKey& key) {
  const auto found = latest_.find(key);
  return found == latest_.end() ? nullptr : &incidents_.at(found->second);
}

const Incident* IncidentBook::open_under(const IncidentKey& key) const {
  const auto found = latest_.find(key);
  if (found == latest_.end()) return nullptr;
  const Incident& last = incidents_.at(found->second);
  return last.is_open() ? &last : nullptr;
}

std::vector<const Incident*> IncidentBook::all() const {
  std::vector<const Incident*> list;
  for (const auto& [id, incident] : incidents_) list.push_back(&incident);
  std::ranges::stable_sort(list, {}, &Incident::opened_at);
  return list;
}

std::map<IncidentBook::Series, int> IncidentBook::active(Time now) const {
  std::map<Series, int> gauges;
  for (const auto& [id, incident] : incidents_) {
    if (!incident.is_open() && now != kNoTime && now - *incident.resolved_at >= kDay) continue;
    int& gauge =
        gauges[{incident.key.model, incident.key.version, incident.key.kind, incident.findings.severity}];
    gauge = std::max(gauge, incident.is_open() ? 1 : 0);
  }
  return gauges;
}

void IncidentBook::erase(const std::string& id) {
  const auto found = incidents_.find(id);
  const auto latest = latest_.find(found->second.key);
  if (latest != latest_.end() && latest->second == id) latest_.erase(latest);
  dirty_.insert(id);
  incidents_.erase(found);
}

std::size_t IncidentBook::prune(Time oldest) {
  std::vector<std::pair<Time, std::string>> closed;
  for (const auto& [id, incident] : incidents_)
    if (!incident.is_open()) closed.emplace_back(*incident.resolved_at, id);
  std::ranges::sort(closed);
  const std::size_t surplus = closed.size() - std::min(closed.size(), options_.max_closed);
  for (std::size_t i = 0; i < closed.size(); ++i)
    if (i < surplus || closed[i].first < oldest) erase(std::string(closed[i].second));
  const auto old = static_cast<std::size_t>(
      std::ranges::count_if(closed, [&](const auto& one) { return one.first < oldest; }));
  return surplus - std::min(surplus, old);
}

void IncidentBook::forget_model(std::string_view model) {
  std::vector<std::string> gone;
  for (const auto& [id, incident] : incidents_)
    if (incident.key.model == model) gone.push_back(id);
  for (const std::string& id : gone) erase(id);
  totals_dirty_ |= std::erase_if(totals_, [&](const auto& entry) { return entry.first.model == model; }) > 0;
}

}  // namespace driftd::alerts
