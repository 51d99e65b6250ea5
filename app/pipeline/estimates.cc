#include "app/pipeline/estimates.h"

#include <algorithm>

namespace driftd::app {

namespace {

// The class of a label among those by which predictions are coded.
std::uint16_t class_of(const detectors::TaskSpec& task, const detectors::ResolvedPair& pair) {
  constexpr std::uint16_t kNone = detectors::EstimateTally::kNoClass;
  if (task.task == detectors::Task::binary) return pair.positive_actual ? 0 : kNone;
  const auto known = std::lower_bound(task.labels.begin(), task.labels.end(), pair.actual);
  if (known == task.labels.end() || *known != pair.actual) return kNone;
  return static_cast<std::uint16_t>(known - task.labels.begin());
}

std::string revoking_incident(const Version& version, alerts::IncidentKind kind, std::string_view column,
                              const alerts::IncidentBook& book) {
  const alerts::Incident* open = book.open_under({version.model->name, version.name, kind, ""});
  if (open == nullptr) return {};
  const auto& columns = open->findings.columns;
  const bool concerned =
      std::any_of(columns.begin(), columns.end(),
                  [&](const alerts::ColumnFinding& finding) { return finding.column == column; });
  return concerned ? open->id : std::string();
}

}  // namespace

std::vector<detectors::ScoreCode> score_codes(const Plan& rows, const Predicted& predicted) {
  std::vector<detectors::ScoreCode> codes;
  detectors::append_score_codes(predicted, detectors::resolve(predicted, rows.profile.task),
                                rows.profile.task, codes);
  return codes;
}

void add_scored(const Plan& rows, const Predicted& predicted, const detectors::ResolvedPair& pair,
                detectors::EstimateTally& scored) {
  if (pair.task != rows.profile.task.task) return;
  scored.add_labelled(score_codes(rows, predicted), class_of(rows.profile.task, pair));
}

Estimator::Estimator(const Version& version, const alerts::IncidentBook& book) : version_(version) {
  if (!version.plan || !version.pairs) return;
  const auto& learnt = version.pairs->profile.expected_loss;
  if (learnt && learnt->meaning() == version.plan->slices.id()) {
    model_ = &*learnt;
    revoked_by_ = revoking_incident(version, alerts::IncidentKind::concept_drift, "loss", book);
    return;
  }
  maps_ = detectors::calibration_maps(version.pairs->profile.performance, version.plan->profile.task);
  if (able()) revoked_by_ = revoking_incident(version, alerts::IncidentKind::performance, "score", book);
}

std::int64_t Estimator::predictions(const SegmentState& state) const {
  if (model_ != nullptr) return state.rows ? state.rows->total().events() : 0;
  return state.scores ? state.scores->total().predictions() : 0;
}

std::vector<detectors::EstimatedValue> Estimator::estimate(const SegmentState& state) const {
  if (!able() || !revoked_by_.empty()) return {};
  if (model_ != nullptr)
    return state.rows ? expected(state.rows->total()) : std::vector<detectors::EstimatedValue>{};
  return state.scores ? expected(state.scores->total()) : std::vector<detectors::EstimatedValue>{};
}

std::vector<detectors::EstimatedValue> Estimator::expected(const detectors::EstimateTally& scores) const {
  return detectors::estimated_metrics(detectors::expected_outcomes(scores, maps_),
                                      static_cast<double>(scores.predictions()));
}

std::vector<detectors::EstimatedValue> Estimator::expected(const detectors::Tally& rows) const {
  if (model_ == nullptr) return {};
  return detectors::LossTally::of_rows(version_.plan->slices, rows).expected(*model_);
}

std::vector<EstimateError> Estimator::errors() const {
  if (!able() || version_.state.empty()) return {};
  const SegmentState& state = version_.state[0];
  std::vector<detectors::EstimatedValue> estimated;
  std::vector<detectors::MetricValue> realised;
  if (model_ != nullptr && state.losses) {
    estimated = state.losses->total().expected(*model_);
    realised = state.losses->total().realised();
  } else if (model_ == nullptr && state.scored) {
    const detectors::EstimateTally& seen = state.scored->total();
    estimated = expected(seen);
    realised = detectors::plug_in_metrics(detectors::actual_outcomes(seen, maps_),
                                          static_cast<double>(seen.predictions()));
  }
  std::vector<EstimateError> errors;
  for (const detectors::EstimatedValue& value : estimated)
    if (const auto* real = detectors::find(realised, value.metric))
      errors.push_back({value.metric, value.value, real->value});
  return errors;
}

}  // namespace driftd::app
