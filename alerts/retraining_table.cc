// The protocol, whole. The page of docs/ is drawn from it, a test walks it over random histories.
#include "alerts/retraining.h"

namespace driftd::alerts {

std::span<const Transition> transitions() {
  using enum RetrainingState;
  using In = RetrainingInput;
  using Effect = RetrainingEffect;
  using End = RetrainingOutcome;
  static constexpr Transition kTable[] = {
      {idle, In::requested, requested, Effect::none, End::none, "a call that starts it goes out"},
      {idle, In::started, running, Effect::none, End::none,
       "one that nobody asked driftd for, or a late answer: no second one beside it"},
      {idle, In::finished, trained, Effect::none, End::none, "likewise"},
      {idle, In::deployed, learning, Effect::drop, End::none, "a version came by itself"},

      {requested, In::requested, requested, Effect::hold, End::none, "one at a time"},
      {requested, In::delivered, delivered, Effect::none, End::none, "the pipeline took it"},
      {requested, In::undelivered, cooling, Effect::escalate, End::undelivered,
       "nobody could be told to start it"},
      {requested, In::started, running, Effect::none, End::none, "acknowledged, before the call was"},
      {requested, In::finished, trained, Effect::none, End::none, "its start was not told"},
      {requested, In::failed, cooling, Effect::escalate, End::failed, "somebody has to look"},
      {requested, In::deployed, learning, Effect::drop, End::deployed, "it came back"},
      {requested, In::rolled_back, cooling, Effect::none, End::rolled_back, "the old version is kept"},
      {requested, In::withdrawn, cooling, Effect::none, End::withdrawn, "a person says that it is over"},

      {delivered, In::requested, delivered, Effect::hold, End::none, "one at a time"},
      {delivered, In::started, running, Effect::none, End::none, "acknowledged"},
      {delivered, In::finished, trained, Effect::none, End::none, "its start was not told"},
      {delivered, In::failed, cooling, Effect::escalate, End::failed, "somebody has to look"},
      {delivered, In::deployed, learning, Effect::drop, End::deployed, "it came back"},
      {delivered, In::rolled_back, cooling, Effect::none, End::rolled_back, "the old version is kept"},
      {delivered, In::withdrawn, cooling, Effect::none, End::withdrawn, "a person says that it is over"},
      {delivered, In::unanswered, cooling, Effect::none, End::unanswered,
       "no retraining of this model ever answered: it is not waited for"},
      {delivered, In::time_over, overdue, Effect::escalate, End::none, "nobody acknowledged it in time"},

      {running, In::requested, running, Effect::hold, End::none, "one at a time"},
      {running, In::finished, trained, Effect::none, End::none, "it has ended well"},
      {running, In::failed, cooling, Effect::escalate, End::failed, "somebody has to look"},
      {running, In::deployed, learning, Effect::drop, End::deployed, "it came back"},
      {running, In::rolled_back, cooling, Effect::none, End::rolled_back, "the old version is kept"},
      {running, In::withdrawn, cooling, Effect::none, End::withdrawn, "a person says that it is over"},
      {running, In::time_over, overdue, Effect::escalate, End::none, "it did not come back in time"},

      {trained, In::requested, trained, Effect::hold, End::none, "one at a time"},
      {trained, In::started, running, Effect::none, End::none, "it was begun anew"},
      {trained, In::failed, cooling, Effect::escalate, End::failed,
       "it did not pass what comes after training"},
      {trained, In::deployed, learning, Effect::drop, End::deployed, "it came back"},
      {trained, In::rolled_back, cooling, Effect::none, End::rolled_back, "the old version is kept"},
      {trained, In::withdrawn, cooling, Effect::none, End::withdrawn, "a person says that it is over"},
      {trained, In::time_over, overdue, Effect::escalate, End::none, "it was not deployed in time"},

      {overdue, In::requested, overdue, Effect::hold, End::none, "one at a time"},
      {overdue, In::started, running, Effect::none, End::none, "it answers after all"},
      {overdue, In::finished, trained, Effect::none, End::none, "likewise"},
      {overdue, In::failed, cooling, Effect::none, End::failed, "told already"},
      {overdue, In::deployed, learning, Effect::drop, End::deployed, "it came back"},
      {overdue, In::rolled_back, cooling, Effect::none, End::rolled_back, "the old version is kept"},
      {overdue, In::withdrawn, cooling, Effect::none, End::withdrawn, "a person says that it is over"},
      {overdue, In::time_over, cooling, Effect::none, End::given_up, "it is not waited for any longer"},

      {learning, In::requested, learning, Effect::hold, End::none,
       "the new version shows first what normal is"},
      {learning, In::started, running, Effect::none, End::none, "the next one has begun"},
      {learning, In::finished, trained, Effect::none, End::none, "likewise"},
      {learning, In::deployed, learning, Effect::drop, End::none, "another version"},
      {learning, In::rolled_back, cooling, Effect::none, End::rolled_back, "the old version is back"},
      {learning, In::withdrawn, cooling, Effect::none, End::none, "a person says that it is over"},
      {learning, In::learnt, cooling, Effect::none, End::none, "its reference is known: it is watched"},
      {learning, In::time_over, cooling, Effect::none, End::none, "it is not waited for any longer"},

      {cooling, In::requested, cooling, Effect::hold, End::none, "not yet"},
      {cooling, In::started, running, Effect::none, End::none, "a person began one all the same"},
      {cooling, In::finished, trained, Effect::none, End::none, "likewise"},
      {cooling, In::deployed, learning, Effect::drop, End::none, "a version came by itself"},
      {cooling, In::time_over, idle, Effect::none, End::none, "what waited may begin"},
  };
  return kTable;
}

}  // namespace driftd::alerts
