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
  evidence.slot = slot_length();
  evidence.seasonal.clear();
  evidence.calendar = calendar_of(config.season, profile);
  evidence.short_reference = is_short(profile);
  evidence.reference = profile.digest;
  evidence.rows.clear();
  evidence.rows.emplace("", detectors::RecentTallies());
  evidence.row_references.clear();
  evidence.later.clear();
  if (!decoded.ok()) {
    parts_.log.error(
        "the reference gives no evidence",
        {{"model", version.model->name}, {"version", version.name}, {"error", decoded.error().message}});
    return;
  }
  const ev::MeasureOptions options{evidence.calendar, slot_length(), true};
  const PlannedColumns planned = planned_columns(*decoded, recurring_of(*version.model), config, options);
  for (const auto& [kind, columns] : planned) add_kind(version, kind, before);
  const SegmentBudget budget = segment_budget(config, profile, detectors::Side::predictions);
  add_rows(version, "", budget.of_known(""), planned);
  add_known_segments(version);
  if (is_one_file(version) && evidence.pair_reference != profile.digest) return build_pairs(version, before);
  weigh_kinds(version);
}

// The series of one segment, each with its share of the kind: that of its column and of the segment.
void EvidenceJudge::add_rows(Version& version, const std::string& segment, double share,
                             const PlannedColumns& planned) {
  VersionEvidence& evidence = *version.evidence;
  for (const auto& [kind, columns] : planned) {
    const auto watch = evidence.kinds.find(kind);
    if (watch == evidence.kinds.end()) continue;  // the whole model has none of it
    for (const PlannedColumn& one : columns) {
      const detectors::ColumnProfile& column = *version.plan->columns[one.place];
      const ev::SeriesName name{segment, static_cast<std::uint32_t>(one.place), column.name};
      watch->second.series.push_back(name);
      watch->second.evidence.add(name, ev::column_monitors(column, one.references), share * one.share);
      if (segment.empty()) evidence.inflation[column.name] = one.references.front().inflation;
      if (!ev::is_resolved(one.references)) evidence.unresolved.emplace(segment, column.name);
    }
  }
}

// Of a segment: derived columns are watched over the whole model alone.
PlannedColumns EvidenceJudge::planned_of_segment(const Version& version, const Reference& reference) {
  return planned_columns(version.plan->columns, *version.model->config,
                         [&](std::size_t place) -> std::optional<ev::MonitorReferences> {
                           if (version.plan->columns[place]->role == detectors::Role::derived)
                             return std::nullopt;
                           return reference(place);
                         });
}

KindWatch& EvidenceJudge::add_kind(Version& version, Kind kind, std::int64_t before) {
  const ev::Pace pace = pace_of(version.model->config->budget, slot_length());
  KindWatch watch{ev::KindEvidence(pace, before)};
  return version.evidence->kinds.emplace(kind, std::move(watch)).first->second;
}

Ledger ledger_of(const Version& version, detectors::Side side, std::int64_t last) {
  Ledger ledger;
  if (!version.evidence) return ledger;
  for (const auto& [kind, watch] : version.evidence->kinds) {
    if (side_of(kind) != side) continue;
    ledger.granted += watch.evidence.granted(last);
    ledger.spent += watch.evidence.spent();
  }
  return ledger;
}

void EvidenceJudge::drop_side(Version& version, detectors::Side side, std::int64_t last) {
  if (!version.evidence) return;
  for (auto& [kind, watch] : version.evidence->kinds)
    if (side_of(kind) == side) apply_shares(version, watch, last);
  const Ledger ledger = ledger_of(version, side, last);
  version.granted_before += ledger.granted;
  version.spent_before += ledger.spent;
  const Time end = slot_end(last, slot_length());
  for (const Kind kind : ev::kAllEvidenceKinds) {
    if (side_of(kind) != side) continue;
    version.evidence->kinds.erase(kind);
    parts_.desk->close(key_of(version, kind), end);
  }
  (side == detectors::Side::predictions ? version.evidence->reference : version.evidence->pair_reference)
      .clear();
  (side == detectors::Side::predictions ? version.evidence->rows : version.evidence->pairs).clear();
  if (side == detectors::Side::pairs) version.labels.clear();
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
