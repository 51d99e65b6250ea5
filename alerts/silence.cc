#include "alerts/silence.h"

namespace driftd::alerts {

SilenceChange Silence::close_slot(Time slot_end, bool predictions) {
  if (predictions) {
    last_ = slot_end;
    if (!open_) return SilenceChange::none;
    open_ = false;
    return SilenceChange::closed;
  }
  return last_ ? idle_for(slot_end - *last_) : SilenceChange::none;
}

SilenceChange Silence::idle_for(Duration since_last_prediction) {
  if (open_ || !last_ || since_last_prediction < kSilence) return SilenceChange::none;
  open_ = true;
  return SilenceChange::opened;
}

void Silence::save(Encoder& out) const {
  out.put_bool(last_.has_value());
  if (last_) out.put_i64(*last_);
  out.put_bool(open_);
}

Result<Silence> Silence::load(Decoder& in) {
  Silence state;
  if (in.get_bool()) state.last_ = in.get_time();
  state.open_ = in.get_bool();
  if (!in.ok()) return Error{ErrorCode::corrupt, "the state of silence is damaged"};
  return state;
}

Findings findings_of_silence(std::optional<Time> last_prediction) {
  Findings findings;
  findings.severity = severity_for(Action::notify);
  findings.action = Action::notify;
  findings.summary = "no predictions for 24 hours";
  if (last_prediction) findings.summary += "; the last ones came before " + format_rfc3339(*last_prediction);
  return findings;
}

}  // namespace driftd::alerts
