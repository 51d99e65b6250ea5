// Performance of classification among several classes, mergeable (see pair_tally.h).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
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
// one against the rest, where both sides occur, and so is the calibration error. Log loss reads the score
// of the actual class (0 where the event does not give it), the Brier score all of them; pairs without
// scores are left out of these.
struct ClassPerformance {
  std::string label;
  std::int64_t support = 0;          // pairs whose actual class it is
  std::vector<MetricValue> metrics;  // precision, recall, f1 (0 where undefined), roc_auc where it is defined
};

class MulticlassTally {
 public:
  void add(const ResolvedPair& pair, int sign);
  void merge(const MulticlassTally& other, int sign);

  [[nodiscard]] std::int64_t pairs() const { return pairs_; }
  void metrics(std::vector<MetricValue>& out) const;
  // Means weighted by how often each class is the actual one (scikit-learn's average="weighted"): precision,
  // recall, f1, roc_auc.
  void weighted(std::vector<MetricValue>& out) const;
  // Classes that occur among predictions or verdicts, in byte order, each against the rest.
  [[nodiscard]] std::vector<ClassPerformance> by_class() const;
  // Of one class against the rest; nullptr where the class is not known.
  [[nodiscard]] const ScoreHistogram* scores(std::string_view label) const {
    const auto found = classes_.find(label);
    return found == classes_.end() ? nullptr : &found->second.scores;
  }

  void save(Encoder& out) const;
  static Result<MulticlassTally> load(Decoder& in);
  friend bool operator==(const MulticlassTally&, const MulticlassTally&) = default;

 private:
  struct Class {
    std::int64_t hits = 0;  // predicted and actual
    std::int64_t predicted = 0;
    std::int64_t actual = 0;
    ScoreHistogram scores;
    [[nodiscard]] bool occurs() const { return predicted > 0 || actual > 0; }
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
  ExactSum squared_;
  std::map<std::string, Class, std::less<>> classes_;
};

}  // namespace driftd::detectors
