// Performance of classification among several classes, mergeable (see pair_tally.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/codec.h"
#include "core/exact_sum.h"
#include "core/result.h"
#include "detectors/performance/metric.h"
#include "detectors/performance/score_histogram.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

// Precision, recall and F1 are means over the classes that occur among predictions or verdicts, with
// 0 for a class where the denominator is 0 (scikit-learn's macro). ROC AUC is the mean over classes of
// one against the rest, where both sides occur. Log loss reads the score of the actual class (0 where
// the event does not give it); pairs without scores are left out of both.
class MulticlassTally {
 public:
  void add(const ResolvedPair& pair, int sign);
  void merge(const MulticlassTally& other, int sign);

  [[nodiscard]] std::int64_t pairs() const { return pairs_; }
  void metrics(std::vector<MetricValue>& out) const;

  void save(Encoder& out) const;
  static Result<MulticlassTally> load(Decoder& in);
  friend bool operator==(const MulticlassTally&, const MulticlassTally&) = default;

 private:
  struct Class {
    std::int64_t hits = 0;  // predicted and actual
    std::int64_t predicted = 0;
    std::int64_t actual = 0;
    ScoreHistogram scores;
    friend bool operator==(const Class&, const Class&) = default;
  };
  // nullptr for a class beyond the first kMaxLabels in byte order.
  Class* class_of(const std::string& label);
  void forget_empty(const std::string& label);
  [[nodiscard]] static bool is_empty(const Class& entry) { return entry == Class{}; }

  std::int64_t pairs_ = 0;
  std::int64_t hits_ = 0;
  std::int64_t scored_ = 0;
  ExactSum log_loss_;
  std::map<std::string, Class, std::less<>> classes_;
};

}  // namespace driftd::detectors
