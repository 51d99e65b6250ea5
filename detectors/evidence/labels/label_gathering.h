// LabelGathering: pairs become a LabelReference as they come, over a scale that is known: of a segment, of
// the first 14 days of `auto`, of a value first seen later, of a new normal.
//
// The same pairs in any order and any parts give the same reference. Memory: the reference's own. A value
// with save() and load(); no clock, no threads.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/evidence/labels/label_reference.h"

namespace driftd::detectors::evidence {

// Predictions with an id by cohort, labelled or not.
using Cohorts = std::map<std::int64_t, std::int64_t>;

class LabelGathering {
 public:
  LabelGathering(PairScale scale, Duration slot);

  void add(std::span<const LabelledPair> pairs);
  // Pairs whose evidence came before `time`, and cohorts made before it, are left out.
  void forget_before(Time time);
  [[nodiscard]] std::int64_t pairs() const { return pairs_; }  // also those that were forgotten
  [[nodiscard]] const PairScale& scale() const { return scale_; }

  // What was known before `until`. Cohorts that `predictions` lacks are judged by their labels alone. Cohorts
  // that began before `from` are none: some of their pairs may have come before the gathering began.
  [[nodiscard]] LabelReference finish(const Cohorts& predictions, Time until, Time from = kNoTime) const;

  void save(Encoder& out) const;  // without the scale
  static Result<LabelGathering> load(const PairScale& scale, Duration slot, Decoder& in);

 private:
  struct Block {
    std::string arrived;                 // PairCounts::encode
    std::string matured;                 // of the cohort, also while it is not over
    std::vector<std::int64_t> labelled;  // of the cohort, by age bucket
  };
  void add_cohort(std::int64_t cohort, std::span<const LabelledPair* const> pairs);

  PairScale scale_;
  Duration slot_;
  PairCounter by_age_;
  PairCounter together_;
  std::map<std::int64_t, Block> blocks_;
  PairCounts timeless_;
  std::int64_t pairs_ = 0;
};

}  // namespace driftd::detectors::evidence
