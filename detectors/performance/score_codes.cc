#include "detectors/performance/score_codes.h"

#include <algorithm>
#include <cmath>

#include "detectors/performance/score_histogram.h"

namespace driftd::detectors {
namespace {

std::uint16_t code_of(double score, bool predicted) {
  return static_cast<std::uint16_t>(2 * ScoreHistogram::bin_of(score) + (predicted ? 1 : 0));
}

}  // namespace

void append_score_codes(const Predicted& predicted, const Resolved& resolved, const TaskSpec& task,
                        std::vector<ScoreCode>& out) {
  if (!resolved.label) return;
  if (task.task == Task::binary) {
    if (resolved.score) out.push_back({0, code_of(*resolved.score, *resolved.label == task.positive)});
    return;
  }
  if (task.task != Task::multiclass || task.labels.size() > kMostEstimatedClasses) return;
  const std::size_t begin = out.size();
  bool predicted_has_score = false;
  for (const auto& [label, score] : predicted.scores) {
    const auto known = std::lower_bound(task.labels.begin(), task.labels.end(), label);
    if (known == task.labels.end() || *known != label || !std::isfinite(score)) continue;
    const bool chosen = label == *resolved.label;
    predicted_has_score = predicted_has_score || chosen;
    out.push_back({static_cast<std::uint16_t>(known - task.labels.begin()), code_of(score, chosen)});
  }
  if (!predicted_has_score) out.resize(begin);
}

}  // namespace driftd::detectors
