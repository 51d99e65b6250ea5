// Performance of binary classification, mergeable (see pair_tally.h).
#pragma once

#include <cstdint>
#include <vector>

#include "core/codec.h"
#include "core/exact_sum.h"
#include "core/result.h"
#include "detectors/performance/metric.h"
#include "detectors/performance/score_histogram.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

struct BinaryCounts {
  std::int64_t true_positive = 0;
  std::int64_t false_positive = 0;
  std::int64_t true_negative = 0;
  std::int64_t false_negative = 0;

  [[nodiscard]] std::int64_t pairs() const {
    return true_positive + false_positive + true_negative + false_negative;
  }
  friend bool operator==(const BinaryCounts&, const BinaryCounts&) = default;
};

class BinaryTally {
 public:
  void add(const ResolvedPair& pair, int sign);
  void merge(const BinaryTally& other, int sign);

  // The same pairs with the other class as the positive one, scores as they are. Log loss and Brier score are
  // of the middles of the histogram's bins: exact to 1/2048 of a score.
  [[nodiscard]] BinaryTally swapped() const;

  [[nodiscard]] std::int64_t pairs() const { return counts_.pairs(); }
  [[nodiscard]] const BinaryCounts& counts() const { return counts_; }
  [[nodiscard]] const ScoreHistogram& scores() const { return scores_; }
  void metrics(Undefined undefined, std::vector<MetricValue>& out) const;

  void save(Encoder& out) const;
  static Result<BinaryTally> load(Decoder& in);
  friend bool operator==(const BinaryTally&, const BinaryTally&) = default;

 private:
  BinaryCounts counts_;
  std::int64_t scored_ = 0;  // pairs with a score
  ExactSum log_loss_;
  ExactSum squared_;
  ScoreHistogram scores_;
};

// Natural-logarithm loss of one clipped score.
double log_loss_of(double score, bool positive);

}  // namespace driftd::detectors
