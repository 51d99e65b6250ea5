#include "alerts/vocabulary.h"

namespace driftd::alerts {

namespace {
template <class E, std::size_t N>
std::string_view pick(const std::array<std::string_view, N>& names, E value) {
  return names.at(static_cast<std::size_t>(value));
}
}  // namespace

std::string_view name_of(IncidentKind kind) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "data", "covariate", "prediction", "concept", "performance", "schema", "labels", "rule", "comparison"};
  return pick(kNames, kind);
}

std::string_view name_of(Severity severity) {
  static constexpr std::array<std::string_view, 3> kNames = {"info", "warning", "critical"};
  return pick(kNames, severity);
}

std::string_view name_of(Action action) {
  static constexpr std::array<std::string_view, 4> kNames = {"notify", "retrain", "stop", "promote"};
  return pick(kNames, action);
}

std::string_view name_of(EventType type) {
  static constexpr std::array<std::string_view, 4> kNames = {"opened", "escalated", "resolved", "digest"};
  return pick(kNames, type);
}

std::string_view name_of(IncidentState state) {
  static constexpr std::array<std::string_view, 3> kNames = {"open", "acknowledged", "resolved"};
  return pick(kNames, state);
}

}  // namespace driftd::alerts
