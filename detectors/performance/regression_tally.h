// Performance of regression, mergeable (see pair_tally.h).
#pragma once

#include <cstdint>
#include <vector>

#include "core/codec.h"
#include "core/exact_sum.h"
#include "core/result.h"
#include "detectors/performance/metric.h"
#include "detectors/performance/task.h"

namespace driftd::detectors {

// With e = value - actual and y = actual: r2 = 1 - sum e^2 / (sum y^2 - (sum y)^2 / n), undefined where
// all y are the same. A metric whose sum overflows is undefined.
class RegressionTally {
 public:
  void add(const ResolvedPair& pair, int sign);
  void add(double error, double actual, int sign);  // error: |value - actual|
  void merge(const RegressionTally& other, int sign);

  [[nodiscard]] std::int64_t pairs() const { return pairs_; }
  void metrics(std::vector<MetricValue>& out) const;

  void save(Encoder& out) const;
  static Result<RegressionTally> load(Decoder& in);
  friend bool operator==(const RegressionTally&, const RegressionTally&) = default;

 private:
  std::int64_t pairs_ = 0;
  std::int64_t nonzero_ = 0;  // pairs with y != 0
  ExactSum absolute_;         // |e|
  ExactSum squared_;          // e^2
  ExactSum label_;            // y
  ExactSum label_squared_;    // y^2, exact
  ExactSum relative_;         // |e| / |y| where y != 0
};

}  // namespace driftd::detectors
