// Performance of pairs that are all in memory: a PairTally whose ROC AUC comes from the scores
// themselves, ties one half. A value; memory grows with the pairs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "detectors/performance/metric.h"
#include "detectors/performance/pair_tally.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

struct RankedScore {
  double score = 0;
  bool positive = false;
};
// P(a positive's score > a negative's), ties one half; empty where either is missing.
std::optional<double> exact_roc_auc(std::vector<RankedScore> scores);

class ExactPerformance {
 public:
  void add(const ResolvedPair& pair);
  [[nodiscard]] const PairTally& tally() const { return tally_; }
  [[nodiscard]] std::vector<MetricValue> metrics(Undefined undefined) const;

 private:
  [[nodiscard]] std::optional<double> roc_auc() const;

  PairTally tally_;
  std::map<std::string, std::vector<RankedScore>> scores_;  // by class; binary: one, without a name
};

}  // namespace driftd::detectors
