// Slots of predictions and pairs become capital; alarms become drifts.
#include "app/pipeline/evidence_judge.h"

#include <algorithm>
#include <utility>

#include "app/pipeline/evidence_findings.h"
#include "app/pipeline/evidence_plan.h"
#include "app/pipeline/judge.h"
#include "app/pipeline/segments.h"
#include "app/pipeline/slices.h"
#include "detectors/evidence/column_counts.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

// What the slot counted, by segment; nothing of those that it did not see.
std::map<std::string, const detectors::Tally*> tallies_of(const Version& version, const OpenSlot& data) {
  std::map<std::string, const detectors::Tally*> found;
  const auto& labels = version.segments.labels();
  for (std::size_t i = 0; i < data.tallies.size() && i < labels.size(); ++i)
    if (data.tallies[i] && !data.tallies[i]->empty()) found[labels[i]] = &*data.tallies[i];
  return found;
}

}  // namespace

alerts::IncidentKey key_of(const Version& version, ev::EvidenceKind kind) {
  return {version.model->name, version.name, incident_kind(kind), ""};
}

void EvidenceJudge::share_out(const std::vector<ev::VersionShares::Change>& changes) {
  for (const ev::VersionShares::Change& change : changes) {
    Version& version = parts_.registry->version(change.version);
    version.shares.add(change.slot, change.share);
    version.changed = version.model->changed = true;
  }
}

void EvidenceJudge::predicted(Version& version, std::int64_t slot) {
  std::vector<ev::VersionShares::Change> changes;
  version.model->sharing.predicted(slot, slot_length(), version.series, changes);
  share_out(changes);
}

void EvidenceJudge::advance(Model& model, std::int64_t slot) {
  std::vector<ev::VersionShares::Change> changes;
  model.sharing.advance(slot, slot_length(), changes);
  share_out(changes);
  for (const auto& [name, version] : model.versions) {
    if (!version->evidence) continue;
    for (auto& [kind, watch] : version->evidence->kinds)
      if (!ev::lives_on_labels(kind)) apply_shares(*version, watch, slot + 1);
  }
}

void EvidenceJudge::share_labels(Version& version, std::int64_t slot) {
  if (!version.evidence) return;
  for (auto& [kind, watch] : version.evidence->kinds)
    if (ev::lives_on_labels(kind)) apply_shares(version, watch, slot + 1);
}

// Grants of the slots before this one.
void EvidenceJudge::apply_shares(Version& version, KindWatch& watch, std::int64_t slot) {
  if (slot <= watch.shared) return;
  const double full = capital_per_slot(version.model->config->budget, slot_length()) * watch.weight;
  for (const auto& [from, share] : version.shares.between(watch.shared, slot))
    watch.evidence.set_grant(from, full * share);
  watch.shared = slot;
}

void EvidenceJudge::close_rows(Version& version, std::int64_t slot, const OpenSlot& data) {
  if (!version.evidence || version.evidence->reference != version.plan->profile.digest) {
    drop_side(version, detectors::Side::predictions, slot);
    build_rows(version, slot - 1);
  }
  VersionEvidence& evidence = *version.evidence;
  const auto tallies = tallies_of(version, data);
  const auto tally_of = [&](const std::string& segment) -> const detectors::Tally* {
    const auto found = tallies.find(segment);
    return found == tallies.end() ? nullptr : found->second;
  };
  for (auto& [kind, watch] : evidence.kinds)
    if (!ev::lives_on_labels(kind)) apply_shares(version, watch, slot);
  follow_segments(version, slot, tallies);
  for (auto& [segment, recent] : evidence.rows)
    if (const detectors::Tally* tally = tally_of(segment)) recent.push(slot, *tally);
  const std::size_t cell = evidence.calendar.cell_of(slot_start(slot, slot_length()));
  for (auto& [kind, watch] : evidence.kinds) {
    if (ev::lives_on_labels(kind)) continue;
    Counts counts;
    for (const ev::SeriesName& name : watch.series) {
      const detectors::Tally* tally = tally_of(name.segment);
      if (tally == nullptr) continue;
      const detectors::ColumnProfile& column = *version.plan->columns[name.place];
      counts.push_back({&name, std::vector<std::int64_t>(ev::counts_of(column), 0)});
      ev::add_column_counts(column, tally->column(name.place), counts.back().counts);
    }
    follow(version, kind, watch, slot, counts);
    if (watch.open)
      add_to_day(*watch.open, [&](const std::string& segment) {
        const detectors::Tally* tally = tally_of(segment);
        return tally == nullptr ? std::string() : tally->encode();
      });
    test(version, kind, watch, slot, cell, counts);
  }
}

void EvidenceJudge::test(Version& version, Kind kind, KindWatch& watch, std::int64_t slot, std::size_t cell,
                         const Counts& counts) {
  const auto found = watch.evidence.close(slot, cell, counts);
  if (found) return alarm(version, kind, watch, *found);
  if (watch.open) weigh_effect(version, kind, watch, slot);
}

// Labels come at other ages than they did, and the alarm compares within ages: it only warns (STATISTICS 9).
bool EvidenceJudge::rests_on_ages(const Version& version, const ev::Alarm& alarm) {
  const auto arrival = version.evidence->kinds.find(Kind::labels);
  if (arrival == version.evidence->kinds.end() || !arrival->second.open || alarm.parts.empty()) return false;
  const ev::AlarmPart& top = alarm.parts.front();
  return version.evidence->age_matched.contains({top.series.segment, top.series.column, top.monitor});
}

void EvidenceJudge::alarm(Version& version, Kind kind, KindWatch& watch, const ev::Alarm& alarm) {
  const bool fresh = !watch.open;
  OpenDrift& drift = fresh ? watch.open.emplace() : *watch.open;
  ++drift.alarms;
  drift.parts.insert(drift.parts.end(), alarm.parts.begin(), alarm.parts.end());
  drift.columns.insert(alarm.columns.begin(), alarm.columns.end());
  if (!fresh) {
    if (drift.told && !drift.due)
      tell(version, kind, watch, alarm.slot);
    else
      drift.next_findings.emplace(alarm.slot, findings_of(version, kind, drift));
    return;
  }
  const BudgetConfig& budget = version.model->config->budget;
  drift.opened = alarm.slot;
  drift.start = std::min(alarm.slot, alarm.start.value_or(alarm.slot));
  drift.uncertified = is_uncertified(version, alarm) && !version.model->config->reference.trust;
  if (rests_on_ages(version, alarm)) drift.uncertified = true;
  drift.facts = {alarm.evidence,
                 strength_of(version, kind, alarm),
                 slot_start(drift.start, slot_length()),
                 {budget.alerts, budget.per}};
  drift.episode = alerts::DriftEpisode(slot_end(alarm.slot, slot_length()),
                                       std::max(0.0, effect_since_start(version, kind, drift).excess));
  if (!watch.renorming) watch.renorming.emplace();
  if (!watch.renorming->learning) watch.renorming->since = alarm.slot;
  weigh_effect(version, kind, watch, alarm.slot);
  if (!drift.due && !drift.told) tell(version, kind, watch, alarm.slot);
}

// Whether the drift has become critical by its effect.
void EvidenceJudge::weigh_effect(Version& version, Kind kind, KindWatch& watch, std::int64_t slot) {
  OpenDrift& drift = *watch.open;
  if (drift.uncertified || drift.critical) return;
  if (effect_since_start(version, kind, drift).excess < alerts::kCriticalVariation) return;
  drift.critical = slot;
  if (!alerts::waits_for_labels({incident_kind(kind), false, 0, {}})) return tell(version, kind, watch, slot);
  drift.due = slot;
  drift.due_findings = findings_of(version, kind, drift);
}

void EvidenceJudge::tell(Version& version, Kind kind, KindWatch& watch, std::int64_t slot) {
  tell(version, kind, watch, slot, findings_of(version, kind, *watch.open));
}

// Into the book, or as news about what is there. `slot` is of the clock on which it is told.
void EvidenceJudge::tell(Version& version, Kind kind, KindWatch& watch, std::int64_t slot,
                         alerts::Findings findings) {
  OpenDrift& drift = *watch.open;
  alerts::DriftFacts facts{incident_kind(kind), drift.uncertified, 0, {}};
  if (drift.critical && *drift.critical <= slot) facts.excess_variation = alerts::kCriticalVariation;
  const bool labels_are_known = drift.due.has_value() || drift.acquitted || ev::lives_on_labels(kind);
  if (labels_are_known) facts.loss = loss_since(version, drift);
  const alerts::DriftVerdict verdict = alerts::verdict_on(facts);
  findings.severity = verdict.severity;
  findings.action = verdict.action;
  findings.metadata = version.lineage_at(drift.opened);
  if (labels_are_known) {
    findings.performance = performance_changes(version);
    findings.coverage = coverage_of(version, slot_end(slot, slot_length()));
  }
  if (kind == Kind::concept_drift || kind == Kind::performance) {
    findings.slices = slice_findings(version, drift.start, slot);
    if (!findings.slices.empty()) findings.summary += "; " + slice_summary(version, findings.slices);
  }
  const std::int64_t when = drift.told ? slot : drift.opened;
  drift.told = true;
  drift.due.reset();
  drift.acquitted = facts.loss && facts.loss->acquits();
  version.changed = true;
  parts_.desk->open(key_of(version, kind), version.reference_digest(side_of(kind)), findings,
                    slot_end(when, slot_length()));
}

void EvidenceJudge::settle_verdicts(Version& version, std::int64_t slot) {
  if (!version.evidence) return;
  for (auto& [kind, watch] : version.evidence->kinds) {
    if (!watch.open || ev::lives_on_labels(kind)) continue;
    if (watch.open->due && *watch.open->due <= slot) tell_what_waited(version, kind, watch);
    if (watch.open->told && watch.open->acquitted) reconsider(version, kind, watch, slot);
  }
}

// Its labels are there.
void EvidenceJudge::tell_what_waited(Version& version, Kind kind, KindWatch& watch) {
  OpenDrift& drift = *watch.open;
  alerts::Findings findings = drift.due_findings ? *drift.due_findings : findings_of(version, kind, drift);
  drift.due_findings.reset();
  tell(version, kind, watch, *drift.due, std::move(findings));
  if (!drift.next_findings) return;
  auto [slot, next] = *std::exchange(drift.next_findings, std::nullopt);
  tell(version, kind, watch, slot, std::move(next));
}

// Labels had shown no harm; do they still?
void EvidenceJudge::reconsider(Version& version, Kind kind, KindWatch& watch, std::int64_t slot) {
  const auto loss = loss_since(version, *watch.open);
  if (!loss || loss->acquits()) return;
  tell(version, kind, watch, slot);
}

}  // namespace driftd::app
