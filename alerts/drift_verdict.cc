#include "alerts/drift_verdict.h"

namespace driftd::alerts {
namespace {

constexpr double kNormal95 = 1.6448536269514722;  // the normal law's 95 % point

bool is_value_drift(IncidentKind kind) {
  return kind == IncidentKind::data || kind == IncidentKind::covariate;
}

bool is_critical(const DriftFacts& facts) {
  const bool harms = facts.loss && facts.loss->pairs > 0 && facts.loss->change >= facts.loss->tolerance;
  return facts.excess_variation >= kCriticalVariation || harms;
}

}  // namespace

double LossSince::upper_limit() const { return change + kNormal95 * standard_error; }

bool waits_for_labels(const DriftFacts& facts) { return is_value_drift(facts.kind) && !facts.uncertified; }

DriftVerdict verdict_on(const DriftFacts& facts) {
  if (facts.uncertified) return {};
  DriftVerdict verdict;
  if (is_critical(facts)) verdict.severity = Severity::critical;
  switch (facts.kind) {
    case IncidentKind::concept_drift:
    case IncidentKind::performance:
      verdict.action = Action::retrain;
      break;
    case IncidentKind::data:
    case IncidentKind::covariate:
      if (verdict.severity == Severity::critical && !(facts.loss && facts.loss->acquits()))
        verdict.action = Action::retrain;
      break;
    default:
      break;
  }
  return verdict;
}

}  // namespace driftd::alerts
