// The words of alerts: kinds, severities and actions of incidents, what can happen to one, and the
// names by which metrics, webhooks, configuration and HTTP know them (DESIGN 4). Pure values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace driftd::alerts {

enum class IncidentKind : std::uint8_t {
  data,
  covariate,
  prediction,
  concept_drift,  // named "concept" outside: the word is taken in C++20
  performance,
  schema,
  labels,
  rule,
  comparison,  // of a champion with its challenger
};
inline constexpr std::array kIncidentKinds = {
    IncidentKind::data,          IncidentKind::covariate,   IncidentKind::prediction,
    IncidentKind::concept_drift, IncidentKind::performance, IncidentKind::schema,
    IncidentKind::labels,        IncidentKind::rule,        IncidentKind::comparison};

// Both in rising order: an incident escalates when one of them grows. `promote` is of comparisons alone.
enum class Severity : std::uint8_t { info, warning, critical };
enum class Action : std::uint8_t { notify, retrain, stop, promote };

// `digest` is no event of an incident (digest_notice.h).
enum class EventType : std::uint8_t { opened, escalated, resolved, digest };
enum class IncidentState : std::uint8_t { open, acknowledged, resolved };

std::string_view name_of(IncidentKind kind);
std::string_view name_of(Severity severity);
std::string_view name_of(Action action);
std::string_view name_of(EventType type);
std::string_view name_of(IncidentState state);

// `critical` for what makes predictions meaningless, `info` for good news, else `warning`.
constexpr Severity severity_for(Action action) {
  if (action == Action::promote) return Severity::info;
  return action == Action::stop ? Severity::critical : Severity::warning;
}

}  // namespace driftd::alerts
