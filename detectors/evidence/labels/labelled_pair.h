// What the evidence on labels reads of a joined pair. A plain value.
#pragma once

#include <optional>

#include "core/time.h"
#include "detectors/performance/task.h"

namespace driftd::detectors::evidence {

struct LabelledPair {
  Time prediction_time = 0;
  Time evidence_time = 0;  // DESIGN 7.3; its slot is the evidence slot
  Duration age = 0;        // feedback time - prediction time, at least 0
  bool positive_predicted = false;
  bool positive_actual = false;
  std::optional<double> score;  // binary
  double loss = 0;              // the 0/1 error, or |predicted - actual|
  double residual = 0;          // regression: predicted - actual

  // How old the prediction was when its label counted as known.
  [[nodiscard]] Duration known_after() const { return evidence_time - prediction_time; }
};

LabelledPair labelled_pair(const ResolvedPair& pair, Time prediction_time, Time feedback_time,
                           Time evidence_time);

}  // namespace driftd::detectors::evidence
