// A model and its versions: all that driftd knows of them, between two rounds.
//
// Plain data with owners: lanes read `plan` and look up segments; everything else belongs to the
// engine's thread (the judge). Entries never move (registry.h).
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alerts/rules.h"
#include "alerts/schema_facts.h"
#include "alerts/silence.h"
#include "app/config/model_config.h"
#include "app/pipeline/counters.h"
#include "app/pipeline/label_coverage.h"
#include "app/pipeline/lineage.h"
#include "app/pipeline/model_comparisons.h"
#include "app/pipeline/open_slot.h"
#include "app/pipeline/plan.h"
#include "app/pipeline/version_evidence.h"
#include "collector/join.h"
#include "core/codec.h"
#include "core/event.h"
#include "detectors/evidence/labels/label_evidence.h"
#include "detectors/learner.h"
#include "detectors/performance/estimate_tally.h"
#include "detectors/performance/loss_tally.h"
#include "detectors/performance/pair_window.h"
#include "detectors/performance/slice_log.h"
#include "detectors/sequential_detector.h"
#include "detectors/traffic.h"
#include "detectors/window.h"

namespace driftd::app {

struct Version;

struct Model {
  std::uint32_t number = 0;
  std::string name;
  const ModelConfig* config = nullptr;
  std::map<std::string, Version*, std::less<>> versions;
  // What a new version takes up, where it inherits: of a file at once, what was learnt at the close of its
  // first slot if it was known by then, so that it does not matter in which order partitions are read. Null
  // where it learns its own.
  std::shared_ptr<const Plan> inherited;
  std::shared_ptr<const Plan> inherited_pairs;
  std::vector<std::shared_ptr<const detectors::Profile>> regimes;  // that recur, beside the file's
  const Version* first_learnt = nullptr;  // whose learnt reference the others inherit

  detectors::evidence::VersionShares sharing;  // of the budget

  ModelCounters counters;
  alerts::Silence silence;
  ModelComparisons comparisons;
  Time heard = 0;              // wall time of the last prediction that was processed
  std::int64_t last_slot = 0;  // newest slot that was not empty; meaningful once slots_closed > 0
  bool forgotten = false;      // by a person; the numbers stay, a new event makes it known again
  bool changed = true;         // since the last checkpoint
};

// The numbers of a version's segments. Number 0 is the whole model; others come as their labels do.
class SegmentTable {
 public:
  SegmentTable() : labels_{""} {}
  // kNone beyond kMostSegments. Several lanes may call it at once.
  static constexpr std::uint32_t kNone = ~0U;
  std::uint32_t number_of(std::string_view label);

  // The engine's thread, between two rounds.
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  void restore(std::vector<std::string> labels);

 private:
  std::mutex mutex_;
  std::vector<std::string> labels_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};
inline constexpr std::size_t kMostSegments = 1000;

// The columns that the rows of a reference under way have shown. What a stream of ever new names would fill
// is bounded here; once the reference is known, other columns are not looked at. Not saved: after a restart
// they are counted anew.
class ColumnNames {
 public:
  // Notes those of an event; false, and nothing is noted, where there would be more than `most`. Several
  // lanes may call it at once.
  bool take(std::span<const Feature> features, std::size_t most);
  // The engine's thread, between two rounds.
  void clear() { names_.clear(); }

 private:
  std::mutex mutex_;
  std::set<std::string, std::less<>> names_;
};

// What is shown of one segment over `window`.
struct SegmentState {
  std::optional<detectors::Window> rows;   // once the reference is known
  std::optional<detectors::Window> pairs;  // label and loss, once theirs is
  std::optional<detectors::PairWindow> performance;
  // Predictions by score, once the reference is known; and those of them whose label came, on the clock of
  // the feedback (of the whole model alone): by them the estimate is scored.
  std::optional<detectors::EstimateWindow> scores;
  std::optional<detectors::EstimateWindow> scored;
  std::optional<detectors::LossWindow> losses;  // likewise, of a regression
};

// An order-dependent detector on one column of one side.
struct RunningDetector {
  detectors::Side side = detectors::Side::predictions;
  std::string column;
  std::string kind;
  std::string params;  // as they were written: with others it begins afresh
  std::unique_ptr<detectors::SequentialDetector> detector;
};

// The pairs' side of the second half of `auto`: columns and labels, over the scale of the first pairs.
struct PairRenewal {
  detectors::Renewal counts;
  std::map<std::string, detectors::evidence::LabelGathering> labels;  // by segment

  void save(Encoder& out) const;
  static Result<PairRenewal> load(const detectors::Profile& profile, Duration slot, Decoder& in);
};

// Changes of pairs of a slot, in the order in which shards gave them.
using PairChanges = std::vector<collector::PairChange>;

struct Version {
  std::uint32_t series = 0;
  std::string name;
  Model* model = nullptr;

  std::shared_ptr<const Plan> plan;         // how rows are counted; null while the reference is being learnt
  std::shared_ptr<const Plan> pairs;        // likewise label and loss
  std::optional<detectors::TaskSpec> task;  // once it is known what a prediction means
  std::optional<detectors::Learner> learner;
  std::optional<detectors::Learner> pair_learner;
  // Evidence slots after this one count label and loss; those before were what they were learnt from.
  std::int64_t pairs_after = std::numeric_limits<std::int64_t>::min();
  std::optional<detectors::Renewal> renewal;  // the second half of `auto`
  std::optional<PairRenewal> pair_renewal;    // likewise of the pairs

  ColumnNames learning;  // while `plan` is null
  SegmentTable segments;
  std::vector<SegmentState> state;                 // by segment
  std::map<std::int64_t, PairChanges> held_pairs;  // evidence slots that closed before the task was known
  PairChanges held_history;                        // history that waits for the task
  // Changes of the history alone, of evidence slots that are open: their label and loss are counted once
  // the reference is known. Those that are evidence too wait with their slot.
  PairChanges uncounted;
  std::optional<detectors::SliceLogs> slices;  // labelled predictions, once the reference is known
  std::unique_ptr<VersionEvidence> evidence;   // once the reference is known
  // Predictions with an id by cohort, and how labels are counted; by segment, the whole model first.
  std::map<std::string, detectors::evidence::Cohorts> cohorts;
  std::map<std::string, SegmentLabels> labels;
  LabelCoverage coverage;
  std::string stored_labels;                    // as they were loaded, until they are restored
  std::string stored_evidence;                  // likewise
  std::uint64_t stored_format = kNewestFormat;  // of these two
  ShareHistory shares;                          // of the model's budget
  double granted_before = 0;  // and spent: alarms' worth of capital, against earlier references
  std::int64_t spent_before = 0;
  alerts::SchemaFacts facts;
  std::map<std::string, alerts::RuleState> rules;  // by name
  std::vector<RunningDetector> detectors;

  VersionCounters counters;
  detectors::TrafficWindow traffic{1};  // over `window`
  // What model events said, put together, as it was from the slot of their effect on; the newest few.
  std::map<std::int64_t, std::string> lineage;
  std::vector<LifeEvent> life;  // those events, in the order of their effect; the newest few
  bool retired = false;
  std::optional<std::int64_t> last_slot;       // newest closed slot that held a prediction
  std::optional<std::int64_t> last_pair_slot;  // likewise a pair
  bool changed = true;                         // since the last checkpoint
  bool reference_changed = true;
  bool row_blocks_outdated = false;  // what the learner had stored counts no more
  bool pair_blocks_outdated = false;

  [[nodiscard]] std::string reference_digest() const { return plan ? plan->profile.digest : std::string(); }
  // Of the side on whose clock something is judged, so that it does not depend on how far the other is.
  [[nodiscard]] std::string reference_digest(detectors::Side side) const {
    if (side == detectors::Side::predictions) return reference_digest();
    return pairs ? pairs->profile.digest : std::string();
  }
  // As it was when the slot closed; "{}" where nothing was said.
  [[nodiscard]] std::string lineage_at(std::int64_t slot) const {
    const auto after = lineage.upper_bound(slot);
    return after == lineage.begin() ? "{}" : std::prev(after)->second;
  }
};

}  // namespace driftd::app
