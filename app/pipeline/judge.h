// The judge: the owner of the models (DESIGN 1). What is dear happens here, once per closed slot.
//
// Open slots wait here once the lanes have handed them over. close() takes those that the clocks have
// passed, in event-time order and within a slot in the order of names, so that what comes out does not
// depend on how the stream was split. Slots of features and predictions close on the prediction clock,
// slots of joined pairs on the feedback clock; the two touch different state but for the reference's
// task, for which pairs wait.
//
// Owned by the engine's thread. Never fails: what cannot be judged (undefined statistics) is left out.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/log.h"
#include "app/pipeline/alert_desk.h"
#include "app/pipeline/comparison_judge.h"
#include "app/pipeline/digests.h"
#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/history_writer.h"
#include "app/pipeline/lane.h"
#include "app/pipeline/limits.h"
#include "app/pipeline/reference_book.h"
#include "app/pipeline/registry.h"

namespace driftd::app {

class Judge {
 public:
  struct Parts {
    const Config* config = nullptr;
    Registry* registry = nullptr;
    AlertDesk* desk = nullptr;
    HistoryWriter* history = nullptr;
    Digests* digests = nullptr;
    ReferenceBook* references = nullptr;
    LimitLog* limits = nullptr;
    Logger log;
    // A version's reference became known. gather: all its open slots come to `rows`. cells_known: a row
    // that was kept whole has its cells, the join shall know. settle: changes of pairs that this made
    // come to change_pair.
    std::function<void(Version&)> gather;
    std::function<void(const Version&, const detectors::RawRow&, std::string_view cells)> cells_known;
    std::function<void()> settle;
  };
  explicit Judge(Parts parts)
      : parts_(std::move(parts)),
        evidence_({parts_.config, parts_.registry, parts_.desk, parts_.log}),
        comparisons_({parts_.config, parts_.registry, parts_.desk}) {}

  // Changes of rows and pairs from the id shards, and late rows.
  void change_row(const collector::Row& row, int sign);
  void change_pair(const collector::PairChange& change);
  void correct(Version& version, std::int64_t slot, const OpenSlot& late);

  void close(Time prediction_clock, Time feedback_clock);
  // While all prediction partitions are idle (DESIGN 7.13).
  void judge_idleness(Time wall_now, Time prediction_clock);
  // Windows shown cover the slots up to the newest closed one, empty ones included.
  void advance_windows(Time prediction_clock, Time feedback_clock);

  // Gives a version its detectors and what else follows from configuration and reference. After a
  // restart, a reload, and when a reference is known.
  void equip(Version& version);
  void reconfigure(const Config& config) {
    parts_.config = &config;
    evidence_.reconfigure(config);
    comparisons_.reconfigure(config);
  }
  // After a restart: the version's evidence as it was saved. Precondition: equip().
  void rebuild_evidence(Version& version) { evidence_.rebuild(version); }
  Status restore_evidence(Version& version) { return evidence_.restore(version); }
  // A reference that the configuration names took over from what the version had; `with_pairs`: that of label
  // and loss too. `feedback_clock` tells which evidence slots are open still.
  void take_over(Version& version, bool with_pairs, Time feedback_clock);
  // Another reference over the very cells: what was counted stays, what was judged against the one before it
  // is over. `when`: the end of the slots that have closed.
  void exchange_reference(Version& version, std::shared_ptr<const Plan> plan, Time when);
  // Closes open incidents that nothing judges any more: of rules and schema facts that are no longer
  // declared or belonged to another reference.
  void close_orphans(Time prediction_clock);
  // Whether the reference of the version that a retraining ended with is known.
  [[nodiscard]] bool watches_what_was_deployed(const Model& model) const;

  std::map<SlotKey, OpenSlot> rows;                                         // open slots
  std::map<SlotKey, PairChanges> pairs;                                     // open evidence slots
  std::map<std::int64_t, std::vector<Lane::HeardModelEvent>> model_events;  // by slot

 private:
  using Drifts = std::set<std::pair<std::string, std::string>>;  // column and kind

  [[nodiscard]] Duration slot_length() const { return parts_.config->slot; }
  [[nodiscard]] std::vector<SlotKey> in_order_of_names(std::int64_t slot) const;
  void close_row_slot(std::int64_t slot);
  void close_rows(Version& version, std::int64_t slot, OpenSlot data);
  void count_rows(Version& version, std::int64_t slot, OpenSlot& data);
  void judge_schema(Version& version, std::int64_t slot, const detectors::Tally& whole);
  [[nodiscard]] bool is_judged(const alerts::Incident& incident) const;
  void close_facts(Version& version, Time slot_end);
  void count_faults(Version& version, const detectors::Tally& whole);
  Drifts run_detectors(Version& version, detectors::Side side, const std::vector<WatchedValue>& values,
                       const std::vector<std::string>& names);
  void judge_silence(Model& model, Time until);
  bool holds_predictions(std::int64_t slot);
  void draft_digest(std::int64_t slot);
  void let_digests_stand(std::int64_t slot);
  void complete_digests(std::int64_t slot, bool all);
  void take_model_events(std::int64_t slot);
  void answer(const Lane::HeardModelEvent& event, const std::string& incident, Time slot_end);

  void close_due_cohorts(std::int64_t slot);
  void close_pairs(Version& version, std::int64_t slot, const PairChanges& changes);
  void judge_pairs(Version& version, std::int64_t slot, const PairChanges& changes);
  void write_pair_history(Version& version, const collector::PairChange& change);
  SegmentState& segment_state(Version& version, std::uint32_t segment);

  void equip_detectors(Version& version);
  void learn(Version& version, std::int64_t slot, const OpenSlot& data);
  void advance_learning(Version& version, std::int64_t closed_slot);
  void fix_reference(Version& version);
  void inherit_reference(Version& version, OpenSlot& first);
  void take_up_reference(Version& version);
  void fix_pair_reference(Version& version, std::int64_t slot);
  void take_up_pair_reference(Version& version, std::int64_t closed_slot);
  void complete_pair_history(Version& version, const PairChanges& changes);
  void renew_reference(Version& version, std::int64_t slot);
  void begin_pair_renewal(Version& version, const detectors::Learner& learner) const;
  void renew_with(Version& version, std::int64_t slot, const PairSlot& pairs,
                  const detectors::PairTally& performance) const;
  void renew_pair_reference(Version& version, std::int64_t slot);
  void bring_references_to(std::int64_t slot);
  void settle_held(Version& version);
  void count_raw(Version& version, OpenSlot& slot);

  void judge_rules(Version& version, std::int64_t slot, detectors::Side side, const Drifts& drifts,
                   std::int64_t new_labels);
  void judge_traffic(Version& version, std::int64_t slot, detectors::Traffic traffic);
  void apply_rule(Version& version, const alerts::RuleConfig& rule, alerts::RuleChange change,
                  const alerts::Observation& seen, Time slot_end);
  [[nodiscard]] alerts::Observation observe(Version& version, const alerts::RuleConfig& rule) const;
  void fill_in(const Version& version, const alerts::RuleConfig& rule, std::int64_t slot,
               alerts::Findings& findings) const;

  Parts parts_;
  EvidenceJudge evidence_;
  ComparisonJudge comparisons_;
};

// Metrics of the whole model now and in the reference, for alerts.
std::vector<alerts::MetricChange> performance_changes(const Version& version);
// What that rests on, at the close of an evidence slot that ends at `clock`.
alerts::Coverage coverage_of(const Version& version, Time clock);

// Whether a rule looks at joined pairs rather than at predictions; or at requests alone.
bool looks_at_pairs(const alerts::RuleConfig& rule);
bool looks_at_traffic(const alerts::RuleConfig& rule);

}  // namespace driftd::app
