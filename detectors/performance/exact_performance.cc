#include "detectors/performance/exact_performance.h"

#include <algorithm>

namespace driftd::detectors {

std::optional<double> exact_roc_auc(std::vector<RankedScore> scores) {
  std::sort(scores.begin(), scores.end(),
            [](const RankedScore& a, const RankedScore& b) { return a.score < b.score; });
  double wins = 0, positives = 0, negatives = 0;
  for (std::size_t i = 0; i < scores.size();) {
    double tied_positives = 0, tied_negatives = 0;
    const double score = scores[i].score;
    for (; i < scores.size() && scores[i].score == score; ++i) {
      (scores[i].positive ? tied_positives : tied_negatives) += 1;
    }
    wins += tied_positives * (negatives + tied_negatives / 2);
    positives += tied_positives;
    negatives += tied_negatives;
  }
  if (positives == 0 || negatives == 0) return std::nullopt;
  return wins / (positives * negatives);
}

void ExactPerformance::add(const ResolvedPair& pair) {
  tally_.add(pair);
  if (pair.task == Task::binary && pair.score) scores_[""].push_back({*pair.score, pair.positive_actual});
  for (const auto& [label, score] : pair.scores) scores_[label].push_back({score, label == pair.actual});
}

std::vector<MetricValue> ExactPerformance::metrics(Undefined undefined) const {
  std::vector<MetricValue> metrics = tally_.metrics(undefined);
  for (MetricValue& value : metrics) {
    if (value.metric == Metric::roc_auc) value.value = roc_auc().value_or(value.value);
  }
  return metrics;
}

std::optional<double> ExactPerformance::roc_auc() const {
  double sum = 0;
  int classes = 0;
  for (const auto& [label, scores] : scores_) {
    if (const auto auc = exact_roc_auc(scores)) {
      sum += *auc;
      ++classes;
    }
  }
  return classes > 0 ? std::optional(sum / classes) : std::nullopt;
}

}  // namespace driftd::detectors
