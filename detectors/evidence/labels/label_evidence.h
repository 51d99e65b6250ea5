// Door: evidence on labels that come late (STATISTICS 3 and 9, DESIGN 7.3, 7.7 and 7.8).
//
// The kinds that live on the feedback clock, and their columns:
//   concept      loss                 error rate, or bounded loss, its clip rate and the signed residual
//   performance  precision, recall    binary: false alarms among predicted, misses among actual positives
//                score                binary with scores: positives by decile of the score, two-sided
//   labels       arrival              of the predictions still without a label: how many get one, by age
// Each but `arrival` asks twice: among the labels that arrived at an age, against the reference's of that
// age (70 %), and among all labels of predictions that have matured (30 %). Multiclass has no performance
// here (macro precision is no rate), regression none either. Where the reference's ages are not known there
// is one bucket and no cohort, hence no arrival.
//
// How the owner of a (model, version) uses it:
//   1. While the reference of pairs is being learnt, each segment has a LabelSegment that counts
//      predictions: add_predictions() for every prediction slot that closes. The counts of the whole model go
//      into the profile (Table::predicted_blocks, see LabelSegment::predictions()).
//   2. When the reference is fixed: LabelPlan::make(), one for the version; begin() for each segment, with
//      the end of the reference; for each of plan.series(), and each segment, a series of evidence of that
//      kind and column with monitors(i).
//   3. At each slot that the feedback clock passes, in rising order, and after prediction slots that close
//      at the same moment: close(slot, its pairs), for slots with pairs *and* for due() ones, which have
//      something to say though no pair came (a label pipeline that died says so there). It gives the counts
//      of each series that saw something, for KindEvidence::close. Where an input ends and all slots close,
//      those with pairs alone: the days that cohorts wait for did not pass.
// While series `arrival` is in an open incident, parts of alarms whose monitor is age_matched only warn.
//
// Values; no clock, no threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/budget_shares.h"
#include "detectors/evidence/column_references.h"
#include "detectors/evidence/labels/cohort_ledger.h"
#include "detectors/evidence/labels/label_questions.h"
#include "detectors/evidence/labels/label_reference.h"
#include "detectors/evidence/labels/labelled_pair.h"
#include "detectors/evidence/labels/pair_counts.h"
#include "detectors/evidence/labels/rate_effect.h"
#include "detectors/evidence/reference_measures.h"
#include "detectors/evidence/series_evidence.h"

namespace driftd::detectors::evidence {

// A column of a kind, and what is known of its strength.
struct LabelSeries {
  EvidenceKind kind = EvidenceKind::concept_drift;
  std::string_view column;        // static
  std::vector<bool> age_matched;  // by monitor
  bool fitted_ages = false;       // an alarm is at most `calibrated` (STATISTICS 1)
  bool resolved = true;           // false: the wobble is not, hence `uncertified` (STATISTICS 5)
};

// Immutable: what the pairs of a version are counted by and measured against.
class LabelPlan {
 public:
  static std::shared_ptr<const LabelPlan> make(LabelReference reference, const LabelOptions& options);

  [[nodiscard]] const LabelReference& reference() const { return reference_; }
  // In a fixed order: loss; precision, recall, score; arrival: those that the task and reference allow.
  [[nodiscard]] const std::vector<LabelSeries>& series() const { return series_; }
  // Made anew at each call, since monitors hold a cache. Weights are of this series' grants.
  [[nodiscard]] std::shared_ptr<const SeriesMonitors> monitors(std::size_t series) const;
  // How many counts a series has: those of its monitors, one after another.
  [[nodiscard]] std::size_t counts(std::size_t series) const;
  // How far counts of a series lie from the reference's rates of the
  // same ages, and how many values that is; nothing where the column has no rate.
  [[nodiscard]] std::optional<RateEffect> effect(std::size_t series,
                                                 std::span<const std::int64_t> counts) const;

 private:
  friend class LabelSegment;
  LabelPlan(LabelReference reference, const LabelMeasures& measures);

  LabelReference reference_;
  std::vector<LabelColumn> columns_;
  std::vector<LabelSeries> series_;  // of columns_
  PairCounter arrived_;
  std::shared_ptr<const CohortRules> rules_;
};

// What the reference itself said to each of LabelPlan::series(), by five minutes: counts as LabelCounts has
// them. Bets on the mean loss of a regression are none: a reference does not keep them.
std::vector<ColumnBlocks> label_blocks(const LabelReference& reference, const LabelOptions& options);

// Counts of one series in one slot, of its monitors one after another.
struct LabelCounts {
  std::size_t series = 0;  // of LabelPlan::series()
  std::vector<std::int64_t> counts;
};

// One segment of a version.
class LabelSegment {
 public:
  // `slot` is the stream's; `horizon` the label horizon, which bounds what is kept.
  LabelSegment(Duration slot, Duration horizon) : slot_(slot), ledger_(slot, horizon) {}

  // On-time predictions with an id that counted (no copies) in a prediction slot that has closed.
  void add_predictions(std::int64_t slot, std::int64_t count) { ledger_.add_predictions(slot, count); }
  // The same by cohort (cohort_of).
  void add_cohort(std::int64_t cohort, std::int64_t count) { ledger_.add_cohort(cohort, count); }
  // Of a version whose labels are still being learnt: CohortLedger::forget_before.
  void forget_before(Time feedback_clock) { ledger_.forget_before(feedback_clock); }
  // By five-minute block, as far back as was not forgotten.
  [[nodiscard]] std::map<std::int64_t, std::int64_t> predictions() const { return ledger_.predictions(); }

  // From now on counts are those of the plan; predictions before `reference_end` are no cohort, since
  // their labels made the reference.
  void begin(std::shared_ptr<const LabelPlan> plan, Time reference_end);
  [[nodiscard]] bool begun() const { return plan_ != nullptr; }
  [[nodiscard]] const std::shared_ptr<const LabelPlan>& plan() const { return plan_; }

  // The next slot at whose close cohorts are judged, whether or not it has pairs. None: nothing waits.
  [[nodiscard]] std::optional<std::int64_t> due() const { return ledger_.due(); }
  // The evidence slot has closed with these net pairs, in any order. Slots rise; none between the last
  // one and this is due(). Series without events are left out. Precondition: begun().
  [[nodiscard]] std::vector<LabelCounts> close(std::int64_t slot, std::span<const LabelledPair> pairs);

  void save(Encoder& out) const { ledger_.save(out); }
  // `plan`: what begin() was told, or null.
  static Result<LabelSegment> load(Duration slot, Duration horizon, std::shared_ptr<const LabelPlan> plan,
                                   Decoder& in);

 private:
  std::shared_ptr<const LabelPlan> plan_;
  Duration slot_;
  CohortLedger ledger_;
};

}  // namespace driftd::detectors::evidence
