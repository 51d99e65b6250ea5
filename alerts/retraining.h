// Retraining as a protocol: what may follow what between "a retraining is asked for" and "the new version
// is watched", for one model.
//
// The states and what moves them are one table (retraining_table.cc); docs/retraining.md is drawn from it.
// A model is `idle` or has exactly one retraining under way: requests that come meanwhile are held. Every
// other state ends by itself when its time is over, `requested` when the delivery of the call does.
// `Retraining` is a value that walks the table; who owns it says what happened and carries out the effect
// (retraining_book.h, app/pipeline/alert_desk.h).
//
// Times are event times; the same inputs give the same states. No I/O, no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "alerts/retraining_config.h"
#include "core/codec.h"
#include "core/event.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::alerts {

enum class RetrainingState : std::uint8_t {
  idle,
  requested,  // a call that starts one is on its way
  delivered,  // it was taken; nobody has said that it began
  running,    // somebody said that it began
  trained,    // it has ended well, the new version is not deployed
  overdue,    // it did not come back in time, and that was told
  learning,   // a version was deployed, whose reference is being learnt
  cooling,    // it is over; the next may not begin yet
};
inline constexpr std::size_t kRetrainingStates = 8;

enum class RetrainingInput : std::uint8_t {
  requested,    // an incident asks for it
  delivered,    // the call was taken
  undelivered,  // it was given up
  started,      // acknowledged: by a model event, or over HTTP
  finished,     // by a model event, like the next three
  failed,
  deployed,
  rolled_back,
  withdrawn,   // a person resolved the incident that had asked
  unanswered,  // time is over, of a model whose retrainings never answered
  time_over,   // time is over
  learnt,      // the reference of the deployed version is known
};
inline constexpr std::size_t kRetrainingInputs = 12;

enum class RetrainingEffect : std::uint8_t {
  none,
  hold,      // the request waits until the model is idle again
  escalate,  // the incident is told again, as critical
  drop,      // requests that wait are answered by what was deployed
};

// How a retraining ended; `none` where it goes on.
enum class RetrainingOutcome : std::uint8_t {
  none,
  deployed,
  failed,
  rolled_back,
  withdrawn,
  undelivered,
  unanswered,
  given_up,
};
inline constexpr std::size_t kRetrainingOutcomes = 8;

std::string_view name_of(RetrainingState state);
std::string_view name_of(RetrainingInput input);
std::string_view name_of(RetrainingEffect effect);
std::string_view name_of(RetrainingOutcome outcome);

struct Transition {
  RetrainingState from;
  RetrainingInput on;
  RetrainingState to;
  RetrainingEffect effect = RetrainingEffect::none;
  RetrainingOutcome outcome = RetrainingOutcome::none;
  std::string_view why;  // for people
};
// Each (from, on) at most once. An input that a state has no row for changes nothing.
std::span<const Transition> transitions();
const Transition* find_transition(RetrainingState from, RetrainingInput on);

// What a model event is to the protocol; nothing for `registered` and `retired`.
std::optional<RetrainingInput> input_of(Lifecycle event);

struct Retraining {
  RetrainingState state = RetrainingState::idle;
  Time since = 0;        // when the state began; meaningless while idle
  std::string incident;  // that asked for it; empty: nobody asked driftd
  std::string version;   // that is retrained; while learning the one that was deployed
  bool answers = false;  // some retraining of the model was answered once
  // How long one that is not waited for keeps others back: the cool-down of who was called; 0: it has none.
  Duration patience = 0;

  [[nodiscard]] bool is_under_way() const { return state != RetrainingState::idle; }
  // From the request to the end of the retraining, whatever that is.
  [[nodiscard]] bool is_waiting_for_an_answer() const;
  // When the state's time is over; nothing while idle or requested.
  [[nodiscard]] std::optional<Time> deadline(const RetrainingConfig& config) const;
  // Whether silence is told.
  [[nodiscard]] bool is_waited_for(const RetrainingConfig& config) const;
  // What the end of its time is.
  [[nodiscard]] RetrainingInput end_of_time(const RetrainingConfig& config) const;
  // Goes the row of (state, input), if there is one, and answers it. `by`, `version`: the incident and
  // version that the input names, where it does.
  const Transition* apply(RetrainingInput input, Time now, std::string_view by = {},
                          std::string_view of_version = {});

  void save(Encoder& out) const;
  static Result<Retraining> load(Decoder& in);
  friend bool operator==(const Retraining&, const Retraining&) = default;
};

// docs/retraining.md.
std::string retraining_page();

}  // namespace driftd::alerts
