#include "app/pipeline/alert_desk.h"

namespace driftd::app {

namespace {

using alerts::RetrainingEffect;
using alerts::RetrainingInput;
using alerts::RetrainingOutcome;
using alerts::RetrainingState;

std::string why(const alerts::RetrainingStep& step) {
  const std::string since = " since " + format_rfc3339(step.before.since);
  if (step.row->outcome == RetrainingOutcome::failed) return "the retraining has failed";
  if (step.row->outcome == RetrainingOutcome::undelivered)
    return "no call that starts the retraining was taken (/api/v1/deliveries says why)";
  switch (step.before.state) {
    case RetrainingState::delivered:
      return "the retraining asked for" + since + " is not acknowledged";
    case RetrainingState::trained:
      return "what was trained" + since + " is not deployed";
    default:
      return "the retraining under way" + since + " has not come back";
  }
}

}  // namespace

bool is_own_subject(std::string_view subject) { return subject == kOnDemand || subject == kRetraining; }

void AlertDesk::tell(const std::optional<alerts::IncidentEvent>& event) {
  if (!event) return;
  outbox.enqueue(*event, wall_now);
  events.push_back(*event);
  unsaved = true;
  take_requests();
}

// Calls that are ready to go out make the model's retraining one that is under way.
void AlertDesk::take_requests() {
  for (const alerts::RetrainRequest& request : outbox.take_requests()) {
    step(request.model, RetrainingInput::requested, request.time, request.incident, request.version);
    const alerts::RetrainingEntry* entry = retrainings.find(request.model);
    if (entry->now.state == RetrainingState::requested && entry->now.incident == request.incident)
      retrainings.set_patience(request.model, request.cooldown);
  }
}

void AlertDesk::step(std::string_view model, RetrainingInput input, Time time, std::string_view incident,
                     std::string_view version) {
  const auto step = retrainings.apply(model, input, time, incident, version);
  if (!step) return;
  unsaved = true;
  if (step->row->effect == RetrainingEffect::hold) return book.note_retraining(incident, "held");
  outbox.set_retraining(model, step->after.is_under_way());
  if (step->before.is_waiting_for_an_answer() && !step->after.is_waiting_for_an_answer())
    outbox.end_calls(step->before.incident, wall_now);
  carry_out(model, *step, time);
}

void AlertDesk::carry_out(std::string_view model, const alerts::RetrainingStep& step, Time time) {
  const std::string& incident = step.after.incident.empty() ? step.before.incident : step.after.incident;
  const bool ended = step.row->outcome != RetrainingOutcome::none;
  if (ended)
    book.note_retraining(incident, name_of(step.row->outcome));
  else if (step.after.is_waiting_for_an_answer())
    book.note_retraining(incident, name_of(step.row->to));
  if (step.row->effect == RetrainingEffect::escalate) escalate(model, step, time);
  if (step.row->effect == RetrainingEffect::drop)
    for (const std::string& answered : outbox.drop_behind(model, wall_now))
      book.note_retraining(answered, "deployed");
  if (ended && step.row->effect != RetrainingEffect::escalate) close_own_incidents(model, time);
}

// Where the incident that asked is over, an incident of its own says it.
void AlertDesk::escalate(std::string_view model, const alerts::RetrainingStep& step, Time time) {
  const std::string reason = why(step);
  if (const auto event = book.escalate(step.before.incident, reason, time)) return tell(event);
  alerts::Findings findings;
  findings.severity = alerts::Severity::critical;
  findings.rule = std::string(kRetraining);
  findings.summary = reason;
  if (!step.before.incident.empty())
    findings.summary += "; incident " + step.before.incident + " had asked for it";
  open({std::string(model), step.before.version, alerts::IncidentKind::rule, std::string(kRetraining)}, "",
       findings, time);
}

void AlertDesk::close_own_incidents(std::string_view model, Time time) {
  std::vector<alerts::IncidentKey> keys;
  for (const alerts::Incident* incident : book.all())
    if (incident->is_open() && incident->key.model == model &&
        incident->key.kind == alerts::IncidentKind::rule && is_own_subject(incident->key.subject))
      keys.push_back(incident->key);
  for (const alerts::IncidentKey& key : keys) close(key, time);
}

Status AlertDesk::resolve(std::string_view id, Time now) {
  auto resolved = book.resolve(id, now);
  if (!resolved.ok()) return resolved.error();
  const std::string model = resolved->incident.key.model;
  const alerts::RetrainingEntry* entry = retrainings.find(model);
  if (entry != nullptr && entry->now.incident == id) step(model, RetrainingInput::withdrawn, now);
  tell(*resolved);
  return success();
}

Status AlertDesk::acknowledge(std::string_view id, Time now) {
  const Status done = book.acknowledge(id);
  if (!done.ok()) return done;
  unsaved = true;
  const std::string model = book.find(id)->key.model;
  const alerts::RetrainingEntry* entry = retrainings.find(model);
  // What was trained was begun long ago; where it runs, the table has nothing to say.
  const bool asked = entry != nullptr && entry->now.incident == id && entry->now.is_waiting_for_an_answer();
  if (asked && entry->now.state != RetrainingState::trained) step(model, RetrainingInput::started, now, id);
  return success();
}

Result<std::string> AlertDesk::ask_to_retrain(const std::string& model, const std::string& version,
                                              std::string_view reference_digest,
                                              const alerts::Findings& findings, Time now) {
  if (const auto* entry = retrainings.find(model); entry != nullptr && entry->now.is_under_way())
    return Error{ErrorCode::refused,
                 "a retraining of " + model + " is " + std::string(name_of(entry->now.state)) + " since " +
                     format_rfc3339(entry->now.since) +
                     (entry->now.incident.empty() ? "" : " (incident " + entry->now.incident + ")") +
                     "; resolve that incident, or let a model event say how it ended"};
  const alerts::IncidentKey key{model, version, alerts::IncidentKind::rule, std::string(kOnDemand)};
  alerts::Incident planned;
  planned.key = key;
  planned.findings = findings;
  if (!outbox.can_retrain(planned))
    return Error{ErrorCode::refused,
                 "no webhook starts a retraining of " + model +
                     "; give one of alerts.webhooks `actions: [retrain]`, or a pipeline as "
                     "`target`, with filters that let kind rule through"};
  tell(book.open(key, reference_digest, findings, now, alerts::Heed::no_mutes));
  return book.open_under(key)->id;
}

void AlertDesk::hear(Lifecycle event, std::string_view model, std::string_view version,
                     std::string_view incident, Time slot_end) {
  if (const auto input = alerts::input_of(event)) step(model, *input, slot_end, incident, version);
}

void AlertDesk::follow_calls(std::string_view model, Time clock) {
  using Calls = alerts::Outbox::Calls;
  const Calls calls = outbox.calls_for(retrainings.find(model)->now.incident);
  if (calls == Calls::on_their_way) return;
  step(model, calls == Calls::given_up ? RetrainingInput::undelivered : RetrainingInput::delivered, clock);
}

void AlertDesk::advance(std::string_view model, const alerts::RetrainingConfig& config, bool is_watched,
                        Time clock) {
  const auto state = [&] {
    const alerts::RetrainingEntry* entry = retrainings.find(model);
    return entry == nullptr ? RetrainingState::idle : entry->now.state;
  };
  if (state() == RetrainingState::requested) follow_calls(model, clock);
  if (is_watched && state() == RetrainingState::learning) step(model, RetrainingInput::learnt, clock);
  // Every end of time leads nearer to `idle`.
  while (const auto due = retrainings.due(model, config, clock)) step(model, due->input, due->time);
  outbox.advance(model, clock, wall_now);
  take_requests();
}

void AlertDesk::resume() {
  for (const auto& [model, entry] : retrainings.all()) outbox.set_retraining(model, entry.now.is_under_way());
}

}  // namespace driftd::app
