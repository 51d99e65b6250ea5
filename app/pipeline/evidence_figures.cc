#include "app/pipeline/evidence_figures.h"

#include <algorithm>

namespace driftd::app {

namespace ev = detectors::evidence;

ClosedSlots closed_slots(const collector::Clocks& clocks, Duration slot_length) {
  const auto newest = [&](Time clock) { return clock == kNoTime ? 0 : slot_of(clock, slot_length) - 1; };
  return {newest(clocks.prediction_clock()), newest(clocks.feedback_clock())};
}

std::vector<KindFigures> evidence_figures(const Version& version, const ClosedSlots& closed) {
  std::vector<KindFigures> all;
  if (!version.evidence) return all;
  for (const auto& [kind, watch] : version.evidence->kinds) {
    const auto& paused = watch.evidence.paused();
    KindFigures one{kind,
                    paused.empty() ? "watching" : "paused",
                    watch.evidence.evidence(),
                    0,
                    watch.evidence.spent(),
                    {paused.begin(), paused.end()},
                    watch.evidence.by_series()};
    // At the end of a replay slots close that no clock has passed.
    const std::int64_t passed = ev::lives_on_labels(kind) ? closed.feedback : closed.prediction;
    one.granted = watch.evidence.granted(std::max(passed, watch.evidence.settled()));
    if (watch.renorming && watch.renorming->learning) one.state = "learning";
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<SegmentFigures> segment_figures(const Version& version) {
  std::vector<SegmentFigures> all;
  if (!version.evidence) return all;
  const VersionEvidence& evidence = *version.evidence;
  const ModelConfig& config = *version.model->config;
  const auto add_known = [&](const Plan* plan, detectors::Side side, std::string_view name) {
    if (plan == nullptr) return;
    const SegmentBudget budget = segment_budget(config, plan->profile, side);
    for (const auto* segment : known_segments(config, plan->profile, side))
      all.push_back({segment->label, name, "watching", budget.of_known(segment->label),
                     side == detectors::Side::predictions ? segment->rows : segment->pairs});
  };
  if (!evidence.reference.empty()) add_known(version.plan.get(), detectors::Side::predictions, "predictions");
  for (std::size_t i = 0; i < evidence.later.size(); ++i)
    all.push_back({evidence.later[i].label, "predictions", evidence.later[i].learnt ? "watching" : "learning",
                   ev::SegmentShares::later(i), evidence.later[i].counts.rows});
  if (!evidence.pair_reference.empty()) add_known(version.pairs.get(), detectors::Side::pairs, "pairs");
  for (std::size_t i = 0; i < evidence.later_pairs.size(); ++i) {
    const SegmentLabels& labels = version.labels.at(evidence.later_pairs[i]);
    all.push_back({evidence.later_pairs[i], "pairs", labels.lines.empty() ? "learning" : "watching",
                   ev::SegmentShares::later(i), labels.gathering ? labels.gathering->pairs() : 0});
  }
  return all;
}

Ledger ledger_of(const Version& version, const ClosedSlots& closed) {
  Ledger ledger{version.granted_before, version.spent_before};
  for (const KindFigures& kind : evidence_figures(version, closed)) {
    ledger.granted += kind.granted;
    ledger.spent += kind.spent;
  }
  return ledger;
}

}  // namespace driftd::app
