// A prediction's scores as codes: of each class that has a score its bin (score_histogram.h), and whether
// that class was the predicted one. All that performance without labels needs of a prediction, in four
// bytes a class. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/pair.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

struct ScoreCode {
  std::uint16_t which = 0;  // binary: 0, the positive class; multiclass: the place of its label in TaskSpec
  std::uint16_t code = 0;   // 2 * ScoreHistogram::bin_of(score), + 1 where the class was predicted
  friend bool operator==(const ScoreCode&, const ScoreCode&) = default;
};

// Tasks of more known labels are not estimated.
inline constexpr std::size_t kMostEstimatedClasses = 64;

// Appends nothing where the task is another than classification, where what was predicted is not known or
// has no score of its own, and where labels are too many. `resolved` is resolve(predicted, task).
void append_score_codes(const Predicted& predicted, const Resolved& resolved, const TaskSpec& task,
                        std::vector<ScoreCode>& out);

}  // namespace driftd::detectors
