// EvidenceJudge: budgeted evidence, slot by slot, and the incidents that come of it (STATISTICS 3 to 9,
// DESIGN 7.7 and 7.8).
//
// The judge calls it for every slot that closes, in event-time order. Kinds that live on predictions (data,
// covariate, prediction) go by the prediction clock, those that live on labels (concept, performance,
// labels) by the feedback clock; the two meet in one place only: what a critical value drift asks for
// depends on what labels say of the same stretch, so such an incident is told once the feedback clock has
// passed the slot of its alarm (docs/decisions/0004-verdicts-wait-for-labels.md).
//
// Owned by the engine's thread. Never fails: a reference that gives no evidence is said in the log.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/log.h"
#include "app/pipeline/alert_desk.h"
#include "app/pipeline/evidence_plan.h"
#include "app/pipeline/registry.h"
#include "app/pipeline/version_evidence.h"
#include "detectors/evidence/labels/label_evidence.h"

namespace driftd::app {

// A slot's pairs and counts of label and loss, by segment; the whole model with "".
struct SegmentPairs {
  std::vector<detectors::evidence::LabelledPair> pairs;
  const detectors::Tally* tally = nullptr;  // null: not counted
};
using PairSlot = std::map<std::string, SegmentPairs>;

class EvidenceJudge {
 public:
  struct Parts {
    const Config* config = nullptr;
    Registry* registry = nullptr;
    AlertDesk* desk = nullptr;
    Logger log;
  };
  explicit EvidenceJudge(Parts parts) : parts_(std::move(parts)) {}
  void reconfigure(const Config& config) { parts_.config = &config; }

  // The version's reference is known, anew or after a restart: its monitors. Capital begins with the slot
  // after `before`. Drifts from another reference are closed.
  void build_rows(Version& version, std::int64_t before);
  // The reference of that side is another one: what was open against it is over, its capital is booked.
  // Up to the end of slot `last`.
  void drop_side(Version& version, detectors::Side side, std::int64_t last);
  // Monitors, weights and pace by the configuration that holds now; capital and drifts stay.
  void rebuild(Version& version);
  // What was stored with the version, once its references are there.
  Status restore(Version& version);

  // A slot of predictions has closed with these counts. Precondition: the version has its reference.
  void close_rows(Version& version, std::int64_t slot, const OpenSlot& data);
  // On-time predictions with an id of a slot that has closed, by segment; also while the reference is being
  // learnt.
  void add_predictions(Version& version, std::int64_t slot,
                       const std::map<std::string, std::int64_t>& counts);
  // Those of cohorts that ended before `end`, and began less than the label horizon before it.
  [[nodiscard]] static std::map<std::string, detectors::evidence::Cohorts> identified_before(
      const Version& version, Time end);
  // What no reference can still be made of: how far predictions are ahead is no property of the stream.
  static void forget_cohorts(Version& version, Time feedback_clock);
  // An evidence slot has closed. Also for slots that are due(), without pairs.
  void close_pairs(Version& version, std::int64_t slot, const PairSlot& pairs);
  [[nodiscard]] static std::optional<std::int64_t> due(const Version& version);
  // A version had predictions in the slot, which has closed: who shares the budget from the next one on.
  void predicted(Version& version, std::int64_t slot);
  // The prediction clock has passed all slots up to this one: grants end where predictions did.
  void advance(Model& model, std::int64_t slot);
  // Likewise the feedback clock: grants of the kinds that live on labels, of the slots up to this one.
  void share_labels(Version& version, std::int64_t slot);
  // The feedback clock has passed all slots up to this one: verdicts that waited for it.
  void settle_verdicts(Version& version, std::int64_t slot);
  // A model event of another version answered the incident: it is over, but what moved stays paused.
  void supersede(Version& version, const std::string& incident);

 private:
  using Kind = detectors::evidence::EvidenceKind;
  using Counts = std::vector<detectors::evidence::KindEvidence::SlotCounts>;

  [[nodiscard]] Duration slot_length() const { return parts_.config->slot; }
  void build_pairs(Version& version, std::int64_t before);
  Status restore_labels(Version& version);
  Status restore_segment_labels(Version& version, const std::string& segment, Decoder& in);

  using Reference = std::function<detectors::evidence::MonitorReferences(std::size_t place)>;
  void add_rows(Version& version, const std::string& segment, double share, const PlannedColumns& planned);
  [[nodiscard]] static PlannedColumns planned_of_segment(const Version& version, const Reference& reference);
  void add_known_segments(Version& version);
  void add_later_segment(Version& version, std::size_t order);
  void follow_segments(Version& version, std::int64_t slot,
                       const std::map<std::string, const detectors::Tally*>& tallies);
  void add_labels(Version& version, const std::string& segment, double share, std::int64_t before);
  [[nodiscard]] std::shared_ptr<const detectors::evidence::LabelPlan> plan_of(
      const Version& version, const detectors::evidence::LabelReference& reference) const;
  [[nodiscard]] LabelLine line_of(const Version& version, const std::string& segment,
                                  std::shared_ptr<const detectors::evidence::LabelPlan> plan,
                                  Time from) const;
  void follow_label_segments(Version& version, std::int64_t slot, const PairSlot& pairs);
  void begin_label_segment(Version& version, std::size_t order, Time now);
  std::map<detectors::evidence::SeriesName, std::vector<std::int64_t>> count_labels(Version& version,
                                                                                    std::int64_t slot,
                                                                                    const PairSlot& pairs);
  void gather_new_normal(Version& version, KindWatch& watch, std::int64_t slot, const PairSlot& pairs);
  void renormalise_labels(Version& version, KindWatch& watch, std::int64_t slot);
  static void judge_by_lines(Version& version, KindWatch& watch, const std::string& segment,
                             const std::set<std::string>& columns);
  KindWatch& add_kind(Version& version, Kind kind, std::int64_t before);
  void weigh_kinds(Version& version);
  [[nodiscard]] std::shared_ptr<const detectors::evidence::SeriesMonitors> renormed_monitors(
      const Version& version, const KindWatch& watch, const detectors::evidence::SeriesName& name) const;

  void share_out(const std::vector<detectors::evidence::VersionShares::Change>& changes);
  void apply_shares(Version& version, KindWatch& watch, std::int64_t slot);

  void test(Version& version, Kind kind, KindWatch& watch, std::int64_t slot, std::size_t cell,
            const Counts& counts);
  void alarm(Version& version, Kind kind, KindWatch& watch, const detectors::evidence::Alarm& alarm);
  static bool rests_on_ages(const Version& version, const detectors::evidence::Alarm& alarm);
  void weigh_effect(Version& version, Kind kind, KindWatch& watch, std::int64_t slot);
  void tell(Version& version, Kind kind, KindWatch& watch, std::int64_t slot);
  void tell(Version& version, Kind kind, KindWatch& watch, std::int64_t slot, alerts::Findings findings);
  void tell_what_waited(Version& version, Kind kind, KindWatch& watch);
  void reconsider(Version& version, Kind kind, KindWatch& watch, std::int64_t slot);

  void follow(Version& version, Kind kind, KindWatch& watch, std::int64_t slot, const Counts& counts);
  static void be_resolved(KindWatch& watch);
  [[nodiscard]] bool is_learnt(const Renorming& renorming, std::int64_t slot) const;
  void look(Version& version, Kind kind, KindWatch& watch);
  static void add_to_day(OpenDrift& drift,
                         const std::function<std::string(const std::string& segment)>& tally);
  void collect(Version& version, KindWatch& watch, std::int64_t slot, const Counts& counts);
  void renormalise(Version& version, KindWatch& watch, std::int64_t slot);
  Status restore(Version& version, std::string_view bytes);
  Status restore_segments(Version& version, Decoder& in);
  Status restore_watch(Version& version, KindWatch& watch, Decoder& in);

  Parts parts_;
};

alerts::IncidentKey key_of(const Version& version, detectors::evidence::EvidenceKind kind);
std::string saved_evidence(const Version& version);
std::string saved_labels(const Version& version);

// Granted to the kinds of a side, and spent, up to the end of slot `last`.
struct Ledger {
  double granted = 0;
  std::int64_t spent = 0;
};
Ledger ledger_of(const Version& version, detectors::Side side, std::int64_t last);

}  // namespace driftd::app
