// The words of alerts as choices of configuration values (core/fields.h).
#pragma once

#include "alerts/vocabulary.h"
#include "core/fields.h"

namespace driftd::alerts {

inline Choices<Severity> severity_choices() {
  return {{"info", Severity::info}, {"warning", Severity::warning}, {"critical", Severity::critical}};
}
// What rules may ask for.
inline Choices<Action> action_choices() {
  return {{"notify", Action::notify}, {"retrain", Action::retrain}, {"stop", Action::stop}};
}
// What incidents may ask for: all that rules can choose, and what comparisons do.
inline Choices<Action> incident_action_choices() {
  Choices<Action> choices = action_choices();
  choices.emplace_back(name_of(Action::promote), Action::promote);
  return choices;
}
inline Choices<EventType> event_choices() {
  return {{"opened", EventType::opened},
          {"escalated", EventType::escalated},
          {"resolved", EventType::resolved},
          {"digest", EventType::digest}};
}
inline Choices<IncidentKind> kind_choices() {
  Choices<IncidentKind> choices;
  for (const IncidentKind kind : kIncidentKinds) choices.emplace_back(name_of(kind), kind);
  return choices;
}

}  // namespace driftd::alerts
