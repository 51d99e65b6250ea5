// The performance of a model over a set of joined pairs, as a value that merges and subtracts exactly.
//
// Holds integers and exact sums only: merge(a, b) == merge(b, a), and what was added can be
// subtracted again, to the bit. ROC AUC comes from histograms of the scores (score_histogram.h),
// with an error of at most half the sum over bins of (share of positives * share of negatives).
// A tally is of one task, that of the first pair it took; mixing tasks is a fault of the caller and
// throws. Memory: constant for regression, at most 16,386 bins for binary, and that per class for the
// kMaxLabels first classes in byte order for multiclass (pairs of further classes count in `pairs`
// and accuracy alone). Values; no threads.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/performance/binary_tally.h"
#include "detectors/performance/metric.h"
#include "detectors/performance/multiclass_tally.h"
#include "detectors/performance/regression_tally.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

class PairTally {
 public:
  void add(const ResolvedPair& pair, int sign = 1);  // sign is +1 or -1
  // False where the two hold different tasks, and so must not be merged.
  [[nodiscard]] bool fits(const PairTally& other) const {
    return tally_.index() == 0 || other.tally_.index() == 0 || tally_.index() == other.tally_.index();
  }
  void merge(const PairTally& other);
  void subtract(const PairTally& other);  // what `other` holds was merged before

  [[nodiscard]] std::int64_t pairs() const;
  [[nodiscard]] bool empty() const { return pairs() == 0; }

  // In the order of Metric. What is undefined is absent, or, as MANIFEST.md does for precision,
  // recall and F1 where their denominator is 0, zero.
  [[nodiscard]] std::vector<MetricValue> metrics(Undefined undefined = Undefined::absent) const;

  // Binary only; zeros otherwise.
  [[nodiscard]] BinaryCounts binary_counts() const;

  // What it holds of one task; nullptr where it holds another, or nothing.
  [[nodiscard]] const BinaryTally* binary() const { return std::get_if<BinaryTally>(&tally_); }
  [[nodiscard]] const MulticlassTally* multiclass() const { return std::get_if<MulticlassTally>(&tally_); }

  // Binary: BinaryTally::swapped(); else the same.
  [[nodiscard]] PairTally with_classes_swapped() const;

  void save(Encoder& out) const;
  static Result<PairTally> load(Decoder& in);
  friend bool operator==(const PairTally&, const PairTally&) = default;

 private:
  void combine(const PairTally& other, int sign);
  void normalise();

  std::variant<std::monostate, BinaryTally, MulticlassTally, RegressionTally> tally_;
};

}  // namespace driftd::detectors
