// Incidents that nothing judges any more, since the configuration or the reference is another.
#include <algorithm>

#include "app/pipeline/judge.h"

namespace driftd::app {

void Judge::close_orphans(Time prediction_clock) {
  comparisons_.forget_undeclared();
  for (const alerts::Incident* incident : parts_.desk->book.all()) {
    if (!incident->is_open() || is_judged(*incident)) continue;
    const Time end = prediction_clock == kNoTime
                         ? incident->opened_at
                         : slot_start(slot_of(prediction_clock, slot_length()), slot_length());
    parts_.desk->close(alerts::IncidentKey(incident->key), std::max(end, incident->opened_at));
  }
}

// Of rules, comparisons and schema facts; others end by themselves.
bool Judge::is_judged(const alerts::Incident& incident) const {
  Model* model = parts_.registry->find(incident.key.model);
  if (model == nullptr) return true;
  const ModelConfig& config = *model->config;
  if (incident.key.kind == alerts::IncidentKind::rule && is_own_subject(incident.key.subject)) return true;
  if (incident.key.kind == alerts::IncidentKind::rule)
    return std::any_of(config.rules.begin(), config.rules.end(),
                       [&](const alerts::RuleConfig& rule) { return rule.name == incident.key.subject; });
  if (incident.key.kind == alerts::IncidentKind::comparison) return comparisons_.is_behind(incident);
  if (incident.key.kind != alerts::IncidentKind::schema) return true;
  const Version* version = parts_.registry->find_version(*model, incident.key.version);
  if (version == nullptr) return true;
  if (!version->plan) return false;
  for (std::size_t column = 0; column < version->plan->columns.size(); ++column)
    for (const alerts::SchemaFault fault : alerts::kSchemaFaults)
      if (version->plan->columns[column]->role == detectors::Role::feature && config.schema.action(fault) &&
          version->facts.is_open(column, fault) &&
          alerts::subject_of(fault, version->plan->columns[column]->name) == incident.key.subject)
        return true;
  return false;
}

}  // namespace driftd::app
