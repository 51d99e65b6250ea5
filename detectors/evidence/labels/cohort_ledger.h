// CohortLedger: predictions of the last while by cohort (cohort_of), and what became of them so far: what
// the matured cohort and the arrival of labels are judged by (STATISTICS 9).
//
// A cohort is judged several times as the feedback clock passes its end + an age: at the end of each age
// bucket, how many of those without a label got one in it; at the 95 % age, what its labels say. What a
// cohort says at a moment depends on its predictions and on the pairs with an earlier evidence time,
// not on the slots in which they came. The rules are said once the reference is known; until then
// predictions are counted alone. Memory: cohorts up to the last judgement or the horizon, a few hundred
// bytes each. A value; no clock, no threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/labels/labelled_pair.h"
#include "detectors/evidence/labels/pair_counts.h"

namespace driftd::detectors::evidence {

// Immutable.
struct CohortRules {
  LabelAges ages;
  PairCounter matured;    // all ages in one
  bool arrivals = false;  // judged by age bucket
};

class CohortLedger {
 public:
  CohortLedger(Duration slot, Duration horizon) : slot_(slot), horizon_(horizon) {}

  // Predictions of a prediction slot. Those whose cohort has been judged already are left out.
  void add_predictions(std::int64_t slot, std::int64_t count);
  void add_cohort(std::int64_t cohort, std::int64_t count);
  // While there are no rules: leaves out what lies more than the horizon before the clock of the labels. How
  // far predictions are ahead of that is no property of the stream.
  void forget_before(Time feedback_clock);
  // By cohort: what has not been forgotten.
  [[nodiscard]] std::map<std::int64_t, std::int64_t> predictions() const;

  // From here on the rules hold; cohorts that begin before `from` are none.
  void begin(std::shared_ptr<const CohortRules> rules, Time from);

  // A pair of an evidence slot that closes, before close() of that slot. Precondition: rules.
  void add(const LabelledPair& pair);

  // The slot at whose end the next judgement falls. None: no cohort waits.
  [[nodiscard]] std::optional<std::int64_t> due() const;

  struct Judged {
    PairCounts matured;                  // empty: nothing
    std::vector<std::int64_t> arrivals;  // by age bucket: no label, label; empty: nothing
  };
  // The feedback clock has passed `clock`: every judgement that falls until then. Clocks rise.
  [[nodiscard]] Judged close(Time clock);

  void save(Encoder& out) const;
  // `rules`: those that begin() was told, or null.
  static Result<CohortLedger> load(Duration slot, Duration horizon, std::shared_ptr<const CohortRules> rules,
                                   Decoder& in);

 private:
  struct Cohort {
    std::int64_t predictions = 0;
    std::vector<std::int64_t> labelled;  // by age bucket
    PairCounts matured;
  };
  [[nodiscard]] Duration deadline(std::size_t judgement) const;  // buckets' ends, then the 95 % age
  [[nodiscard]] std::size_t judgements() const;
  [[nodiscard]] bool is_judged(std::int64_t cohort) const;
  void judge(std::size_t judgement, const Cohort& cohort, Judged& judged) const;
  void forget();

  Duration slot_;
  Duration horizon_;
  std::shared_ptr<const CohortRules> rules_;
  std::int64_t first_ = 0;  // cohorts before it are none; meaningful with rules
  std::map<std::int64_t, Cohort> cohorts_;
  std::vector<std::int64_t> next_;  // by judgement: cohorts before it have been judged
};

}  // namespace driftd::detectors::evidence
