// Retraining as HTTP sees it: on demand, and where it stands.
#include <nlohmann/json.hpp>

#include "app/pipeline/judge.h"
#include "app/pipeline/live_view.h"

namespace driftd::app {

using nlohmann::json;

Result<std::string> ask_to_retrain(AlertDesk& desk, const Version& version, const std::string& reason,
                                   Time now) {
  alerts::Findings findings;
  findings.action = alerts::Action::retrain;
  findings.severity = alerts::severity_for(findings.action);
  findings.rule = std::string(kOnDemand);
  findings.summary = "a retraining was asked for" + (reason.empty() ? "" : ": " + reason);
  findings.performance = performance_changes(version);
  if (!version.lineage.empty()) findings.metadata = version.lineage.rbegin()->second;
  const auto incident =
      desk.ask_to_retrain(version.model->name, version.name, version.reference_digest(), findings, now);
  if (!incident.ok()) return incident.error();
  return json{{"incident", *incident}}.dump();
}

json retraining_json(const AlertDesk& desk, const Model& model) {
  const alerts::RetrainingEntry* entry = desk.retrainings.find(model.name);
  const alerts::Retraining now = entry == nullptr ? alerts::Retraining{} : entry->now;
  const auto deadline = now.deadline(model.config->retraining);
  const auto text = [](const std::string& value) { return value.empty() ? json(nullptr) : json(value); };
  json shown = {{"state", name_of(now.state)},
                {"since", now.is_under_way() ? json(format_rfc3339(now.since)) : json(nullptr)},
                {"until", deadline ? json(format_rfc3339(*deadline)) : json(nullptr)},
                {"incident", text(now.incident)},
                {"version", text(now.version)},
                {"waiting", desk.outbox.behind(model.name)},
                {"ended", json::object()}};
  for (std::size_t i = 1; i < alerts::kRetrainingOutcomes; ++i)
    shown["ended"][std::string(name_of(static_cast<alerts::RetrainingOutcome>(i)))] =
        entry == nullptr ? 0 : entry->ended.at(i);
  return shown;
}

}  // namespace driftd::app
