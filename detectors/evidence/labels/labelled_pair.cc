#include "detectors/evidence/labels/labelled_pair.h"

#include <algorithm>

namespace driftd::detectors::evidence {

LabelledPair labelled_pair(const ResolvedPair& pair, Time prediction_time, Time feedback_time,
                           Time evidence_time) {
  LabelledPair found;
  found.prediction_time = prediction_time;
  found.evidence_time = evidence_time;
  found.age = std::max<Duration>(feedback_time - prediction_time, 0);
  found.positive_predicted = pair.positive_predicted;
  found.positive_actual = pair.positive_actual;
  if (pair.task == Task::binary) found.score = pair.score;
  found.loss = loss_of(pair);
  if (pair.task == Task::regression) found.residual = pair.value - pair.actual_value;
  return found;
}

}  // namespace driftd::detectors::evidence
