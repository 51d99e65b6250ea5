// What became of a version's predictions with an id, as the clock of the labels sees it (DESIGN 7.4,
// docs/decisions/0002): it shows beside the performance of incidents, and may not depend on how far the join
// or the predictions are ahead.
//
// By cohorts of five minutes: one counts once the clock has passed its end, a pair once its evidence slot has
// closed. A plain value with save() and load().
#pragma once

#include <cstdint>
#include <map>

#include "alerts/incident.h"
#include "core/codec.h"
#include "core/time.h"
#include "detectors/evidence/labels/label_gathering.h"

namespace driftd::app {

class LabelCoverage {
 public:
  // A pair of an evidence slot that closes.
  void add_pair(Time prediction_time, Duration slot);
  // Cohorts before this one, which are all beyond the horizon, are kept as sums.
  void forget_before(std::int64_t cohort, const detectors::evidence::Cohorts& predictions);
  // At the close of an evidence slot that ends at `clock`. `evicted` is the model's.
  [[nodiscard]] alerts::Coverage at(Time clock, Duration horizon,
                                    const detectors::evidence::Cohorts& predictions,
                                    std::uint64_t evicted) const;

  void save(Encoder& out) const;
  void load(Decoder& in);

 private:
  [[nodiscard]] std::int64_t without_label(const std::pair<const std::int64_t, std::int64_t>& cohort) const;

  std::map<std::int64_t, std::int64_t> joined_;  // by cohort
  std::int64_t joined_before_ = 0;               // of cohorts that are forgotten
  std::int64_t expired_before_ = 0;
};

}  // namespace driftd::app
