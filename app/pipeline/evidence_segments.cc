// Segments of features and predictions: those of the reference, and those that are first seen later.
#include <algorithm>

#include "app/pipeline/evidence_judge.h"
#include "detectors/evidence/column_monitors.h"

namespace driftd::app {

namespace ev = detectors::evidence;

void EvidenceJudge::add_known_segments(Version& version) {
  VersionEvidence& evidence = *version.evidence;
  const detectors::Profile& profile = version.plan->profile;
  const ModelConfig& config = *version.model->config;
  const SegmentBudget budget = segment_budget(config, profile, detectors::Side::predictions);
  const ev::MeasureOptions options{evidence.calendar, slot_length(), true};
  for (const auto* segment : known_segments(config, profile, detectors::Side::predictions)) {
    const auto blocks = ev::blocks_of(profile, detectors::Side::predictions, segment->blocks);
    auto counts = detectors::Tally::decode(version.plan->layout, segment->prediction_counts);
    if (!blocks.ok() || !counts.ok()) continue;  // the profile's reader saw to that
    const detectors::Tally& reference =
        evidence.row_references.insert_or_assign(segment->label, *std::move(counts)).first->second;
    evidence.rows.emplace(segment->label, detectors::RecentTallies());
    const PlannedColumns planned = planned_of_segment(version, [&](std::size_t place) {
      return ev::references_of_segment(*version.plan->columns[place], reference.column(place),
                                       (*blocks)[place], options);
    });
    add_rows(version, segment->label, budget.of_known(segment->label), planned);
  }
}

// The segment has seen what its reference is made of.
void EvidenceJudge::add_later_segment(Version& version, std::size_t order) {
  VersionEvidence& evidence = *version.evidence;
  const LaterSegment& segment = evidence.later[order];
  detectors::SegmentReference learnt;
  detectors::add_blocks(learnt, detectors::Side::predictions, segment.counts);
  const auto blocks = ev::blocks_of(version.plan->profile, detectors::Side::predictions, learnt.blocks);
  auto counts = detectors::Tally::decode(version.plan->layout, learnt.prediction_counts);
  if (!blocks.ok() || !counts.ok() || learnt.blocks.empty()) return;
  evidence.row_references.insert_or_assign(segment.label, *std::move(counts));
  const ev::Cells finest = evidence.calendar.cells;
  const Time span =
      slot_start(learnt.blocks.back().block - learnt.blocks.front().block, detectors::kProfileBlock);
  ev::MeasureOptions options{evidence.calendar, slot_length(), true};
  options.calendar.cells = std::min(finest, ev::cells_for(span));
  const PlannedColumns planned = planned_of_segment(version, [&](std::size_t place) {
    ev::MonitorReferences references =
        ev::references_of_blocks(*version.plan->columns[place], (*blocks)[place], options);
    ev::spread_cells(references, options.calendar.cells, finest);
    return references;
  });
  add_rows(version, segment.label, ev::SegmentShares::later(order), planned);
  for (const auto* column : version.plan->columns) evidence.unresolved.emplace(segment.label, column->name);
}

// Values first seen later: noted, counted while they learn, and watched once they have.
void EvidenceJudge::follow_segments(Version& version, std::int64_t slot,
                                    const std::map<std::string, const detectors::Tally*>& tallies) {
  VersionEvidence& evidence = *version.evidence;
  const auto is_later = [&](const std::string& label) {
    return std::any_of(evidence.later.begin(), evidence.later.end(),
                       [&](const LaterSegment& one) { return one.label == label; });
  };
  for (const auto& [label, tally] : tallies) {
    if (evidence.later.size() >= kMostLaterSegments) break;
    if (evidence.rows.contains(label) || is_later(label)) continue;
    evidence.later.push_back({label, slot, false, {}});
    evidence.rows.emplace(label, detectors::RecentTallies());
  }
  for (std::size_t order = 0; order < evidence.later.size(); ++order) {
    LaterSegment& segment = evidence.later[order];
    if (segment.learnt) continue;
    const Duration seen = slot_start(slot, slot_length()) - slot_start(segment.since, slot_length());
    if (seen >= kNewNormal && segment.counts.rows >= kLeastSegmentRows) {
      for (auto& [kind, watch] : evidence.kinds)
        if (!ev::lives_on_labels(kind)) watch.evidence.carry(slot - 1);
      segment.learnt = true;
      add_later_segment(version, order);
    } else if (const auto found = tallies.find(segment.label); found != tallies.end()) {
      segment.counts.add(slot_start(slot, slot_length()), *found->second);
    }
  }
}

}  // namespace driftd::app
