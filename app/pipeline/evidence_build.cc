// From a reference and the configuration to the monitors, calendar and weights of a version's evidence.
#include <algorithm>
#include <set>

#include "app/pipeline/evidence_judge.h"
#include "app/pipeline/evidence_plan.h"
#include "detectors/evidence/column_monitors.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

// The reference is a file with both sides.
bool is_one_file(const Version& version) {
  return version.pairs && version.pairs->profile.digest == version.plan->profile.digest;
}

// Those that recur, decoded; one that cannot be is left out.
std::vector<DecodedProfile> recurring_of(const Model& model) {
  std::vector<DecodedProfile> found;
  for (const auto& regime : model.regimes)
    if (auto decoded = decode_profile(*regime); decoded.ok()) found.push_back(std::move(*decoded));
  return found;
}

}  // namespace

void EvidenceJudge::build_rows(Version& version, std::int64_t before) {
  const detectors::Profile& profile = version.plan->profile;
  const ModelConfig& config = *version.model->config;
  const auto decoded = decode_profile(profile);
  if (!version.evidence) version.evidence = std::make_unique<VersionEvidence>();
  VersionEvidence& evidence = *version.evidence;
  evidence.calendar = calendar_of(config.season, profile);
  evidence.short_reference = is_short(profile);
  evidence.reference = profile.digest;
  evidence.rows.clear();
  evidence.rows.emplace("", detectors::RecentTallies());
  if (!decoded.ok()) {
    parts_.log.error(
        "the reference gives no evidence",
        {{"model", version.model->name}, {"version", version.name}, {"error", decoded.error().message}});
    return;
  }
  const ev::MeasureOptions options{evidence.calendar, slot_length(), true};
  const std::vector<DecodedProfile> recurring = recurring_of(*version.model);
  for (const auto& [kind, columns] : planned_columns(*decoded, recurring, config, options)) {
    KindWatch& watch = add_kind(version, kind, before);
    for (const PlannedColumn& planned : columns) {
      const detectors::ColumnProfile& column = *version.plan->columns[planned.place];
      const ev::SeriesName name{"", static_cast<std::uint32_t>(planned.place), column.name};
      watch.series.push_back(name);
      watch.evidence.add(name, ev::column_monitors(column, planned.references), planned.share);
      evidence.inflation[column.name] = planned.references.front().inflation;
      if (!ev::is_resolved(planned.references)) evidence.unresolved.insert(column.name);
    }
  }
  if (is_one_file(version) && evidence.pair_reference != profile.digest) return build_pairs(version, before);
  weigh_kinds(version);
}

KindWatch& EvidenceJudge::add_kind(Version& version, Kind kind, std::int64_t before) {
  const ev::Pace pace = pace_of(version.model->config->budget, slot_length());
  KindWatch watch{ev::KindEvidence(pace, before)};
  return version.evidence->kinds.emplace(kind, std::move(watch)).first->second;
}

Ledger ledger_of(const Version& version, detectors::Side side) {
  Ledger ledger;
  if (!version.evidence) return ledger;
  for (const auto& [kind, watch] : version.evidence->kinds) {
    if (side_of(kind) != side) continue;
    ledger.granted += watch.evidence.granted(version.last_slot.value_or(0));
    ledger.spent += watch.evidence.spent();
  }
  return ledger;
}

void EvidenceJudge::drop_side(Version& version, detectors::Side side) {
  if (!version.evidence) return;
  const Ledger ledger = ledger_of(version, side);
  version.granted_before += ledger.granted;
  version.spent_before += ledger.spent;
  const Time end = slot_end(version.last_slot.value_or(0), slot_length());
  for (const Kind kind : ev::kAllEvidenceKinds) {
    if (side_of(kind) != side) continue;
    version.evidence->kinds.erase(kind);
    parts_.desk->close(key_of(version, kind), end);
  }
  (side == detectors::Side::predictions ? version.evidence->reference : version.evidence->pair_reference)
      .clear();
  (side == detectors::Side::predictions ? version.evidence->rows : version.evidence->pairs).clear();
}

void EvidenceJudge::weigh_kinds(Version& version) {
  VersionEvidence& evidence = *version.evidence;
  std::set<ev::EvidenceKind> watched;
  for (const auto& [kind, watch] : evidence.kinds) watched.insert(kind);
  const detectors::Task task = version.task ? version.task->task : version.plan->profile.task.task;
  const ev::KindWeights shares =
      ev::share_kinds(version.model->config->budget.kinds, kind_states(watched, task, is_one_file(version)));
  for (auto& [kind, watch] : evidence.kinds) watch.weight = shares[static_cast<std::size_t>(kind)];
}

std::shared_ptr<const ev::SeriesMonitors> EvidenceJudge::renormed_monitors(const Version& version,
                                                                           const KindWatch& watch,
                                                                           const ev::SeriesName& name) const {
  const auto blocks = watch.renormed.find(name);
  if (blocks == watch.renormed.end() || name.place >= version.plan->columns.size()) return nullptr;
  const detectors::ColumnProfile& column = *version.plan->columns[name.place];
  const Time first = blocks->second.starts.front(), last = blocks->second.starts.back();
  const ev::Cells finest = version.evidence->calendar.cells;
  ev::MeasureOptions options{version.evidence->calendar, slot_length(), true};
  options.calendar.cells = std::min(finest, ev::cells_for(last - first));
  ev::MonitorReferences references = ev::references_of_blocks(column, blocks->second, options);
  ev::spread_cells(references, options.calendar.cells, finest);
  return ev::column_monitors(column, references);
}

}  // namespace driftd::app
