#include "alerts/retraining.h"

#include <algorithm>
#include <array>

namespace driftd::alerts {

std::string_view name_of(RetrainingState state) {
  static constexpr std::array<std::string_view, kRetrainingStates> kNames = {
      "idle", "requested", "delivered", "running", "trained", "overdue", "learning", "cooling"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view name_of(RetrainingInput input) {
  static constexpr std::array<std::string_view, kRetrainingInputs> kNames = {
      "requested", "delivered",   "undelivered", "started",    "finished",  "failed",
      "deployed",  "rolled_back", "withdrawn",   "unanswered", "time_over", "learnt"};
  return kNames.at(static_cast<std::size_t>(input));
}

std::string_view name_of(RetrainingEffect effect) {
  static constexpr std::array<std::string_view, 4> kNames = {"none", "hold", "escalate", "drop"};
  return kNames.at(static_cast<std::size_t>(effect));
}

std::string_view name_of(RetrainingOutcome outcome) {
  static constexpr std::array<std::string_view, kRetrainingOutcomes> kNames = {
      "none", "deployed", "failed", "rolled_back", "withdrawn", "undelivered", "unanswered", "given_up"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

const Transition* find_transition(RetrainingState from, RetrainingInput on) {
  const auto table = transitions();
  const auto row =
      std::ranges::find_if(table, [&](const Transition& one) { return one.from == from && one.on == on; });
  return row == table.end() ? nullptr : &*row;
}

std::optional<RetrainingInput> input_of(Lifecycle event) {
  switch (event) {
    case Lifecycle::retraining_started:
      return RetrainingInput::started;
    case Lifecycle::retraining_finished:
      return RetrainingInput::finished;
    case Lifecycle::retraining_failed:
      return RetrainingInput::failed;
    case Lifecycle::deployed:
      return RetrainingInput::deployed;
    case Lifecycle::rolled_back:
      return RetrainingInput::rolled_back;
    case Lifecycle::registered:
    case Lifecycle::retired:
      break;
  }
  return std::nullopt;
}

std::optional<Time> Retraining::deadline(const RetrainingConfig& config) const {
  switch (state) {
    case RetrainingState::idle:
    case RetrainingState::requested:
      return std::nullopt;
    case RetrainingState::delivered:
      return since +
             (patience > 0 && !is_waited_for(config) ? patience : config.effective_acknowledge_within());
    case RetrainingState::cooling:
      return since + config.cooldown;
    default:
      return since + config.finish_within;
  }
}

bool Retraining::is_waited_for(const RetrainingConfig& config) const {
  return answers || config.acknowledge_within.has_value();
}

RetrainingInput Retraining::end_of_time(const RetrainingConfig& config) const {
  return state == RetrainingState::delivered && !is_waited_for(config) ? RetrainingInput::unanswered
                                                                       : RetrainingInput::time_over;
}

const Transition* Retraining::apply(RetrainingInput input, Time now, std::string_view by,
                                    std::string_view of_version) {
  const Transition* row = find_transition(state, input);
  if (row == nullptr) return nullptr;
  switch (input) {
    case RetrainingInput::started:
    case RetrainingInput::finished:
    case RetrainingInput::failed:
    case RetrainingInput::deployed:
    case RetrainingInput::rolled_back:
      answers |= !by.empty() || state != RetrainingState::idle;
      break;
    default:
      break;
  }
  if (row->effect == RetrainingEffect::hold) return row;
  const bool is_asked_for = is_waiting_for_an_answer();
  // Who answers for a model answers what it was asked, whatever incident it names.
  if (!by.empty() && (incident.empty() || !is_asked_for)) incident = by;
  if (input == RetrainingInput::requested || input == RetrainingInput::deployed) version = of_version;
  if (row->to == RetrainingState::idle) {
    incident.clear();
    version.clear();
  }
  state = row->to;
  since = now;
  return row;
}

bool Retraining::is_waiting_for_an_answer() const {
  switch (state) {
    case RetrainingState::requested:
    case RetrainingState::delivered:
    case RetrainingState::running:
    case RetrainingState::trained:
    case RetrainingState::overdue:
      return true;
    default:
      return false;
  }
}

void Retraining::save(Encoder& out) const {
  out.put_u8(static_cast<std::uint8_t>(state));
  out.put_i64(since);
  out.put_text(incident);
  out.put_text(version);
  out.put_bool(answers);
  out.put_i64(patience);
}

Result<Retraining> Retraining::load(Decoder& in) {
  Retraining loaded;
  const std::uint8_t state = in.get_u8();
  loaded.since = in.get_time();
  loaded.incident = in.get_text();
  loaded.version = in.get_text();
  loaded.answers = in.get_bool();
  loaded.patience = in.get_time();
  if (!in.ok() || state >= kRetrainingStates)
    return Error{ErrorCode::corrupt, "a retraining's state is damaged"};
  loaded.state = static_cast<RetrainingState>(state);
  return loaded;
}

}  // namespace driftd::alerts
