// The words of alerts as choices of configuration values (core/fields.h).
#pragma once

#include "alerts/vocabulary.h"
#include "core/fields.h"

namespace driftd::alerts {

inline Choices<Severity> severity_choices() {
  return {{"info", Severity::info}, {"warning", Severity::warning}, {"critical", Severity::critical}};
}
inline Choices<Action> action_choices() {
  return {{"notify", Action::notify}, {"retrain", Action::retrain}, {"stop", Action::stop}};
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
