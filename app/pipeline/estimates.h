// Performance without labels, of one version (STATISTICS 10): what its scores let one expect over `window`,
// how wrong that was where labels came, and whether it may still be said.
//
// An estimate of classification needs the reference of the predictions (how scores are coded) and that of the
// pairs (how often scores came true); one of regression the model of the expected loss that the pairs'
// reference may hold. It is revoked while an incident says that its premise is gone: that scores no longer
// come true as they did (kind performance, column `score`), or, of regression, which has no such column, that
// the loss is another than it was (kind concept). What is scored stays shown then. Made anew for each page;
// pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "alerts/incident_book.h"
#include "app/pipeline/version.h"
#include "detectors/performance/estimated_performance.h"

namespace driftd::app {

std::vector<detectors::ScoreCode> score_codes(const Plan& rows, const Predicted& predicted);
// A prediction whose label came.
void add_scored(const Plan& rows, const Predicted& predicted, const detectors::ResolvedPair& pair,
                detectors::EstimateTally& scored);

struct EstimateError {
  detectors::Metric metric = detectors::Metric::accuracy;
  double estimated = 0;
  double realised = 0;  // over the same predictions
};

class Estimator {
 public:
  Estimator(const Version& version, const alerts::IncidentBook& book);

  // Whether there is anything to estimate from.
  [[nodiscard]] bool able() const { return !maps_.empty() || model_ != nullptr; }
  [[nodiscard]] std::string_view method() const { return model_ != nullptr ? "dle" : "cbpe"; }
  // How many predictions of the segment lie behind an estimate.
  [[nodiscard]] std::int64_t predictions(const SegmentState& state) const;
  // The incident that revokes it; empty: none does.
  [[nodiscard]] const std::string& revoked_by() const { return revoked_by_; }

  // Of a segment over `window`; nothing where it is not able, or revoked.
  [[nodiscard]] std::vector<detectors::EstimatedValue> estimate(const SegmentState& state) const;
  // Of whatever rows of the version, revoked or not: by their scores (cbpe), or by the counts of their cells
  // (dle).
  [[nodiscard]] std::vector<detectors::EstimatedValue> expected(const detectors::EstimateTally& scores) const;
  [[nodiscard]] std::vector<detectors::EstimatedValue> expected(const detectors::Tally& rows) const;
  // Of the predictions whose labels came within `window`.
  [[nodiscard]] std::vector<EstimateError> errors() const;

 private:
  const Version& version_;
  detectors::CalibrationMaps maps_;
  const detectors::LossModel* model_ = nullptr;
  std::string revoked_by_;
};

}  // namespace driftd::app
