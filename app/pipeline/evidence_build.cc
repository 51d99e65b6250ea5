// From a reference and the configuration to the monitors, calendar and weights of a version's evidence.
#include <algorithm>
#include <array>

#include "app/pipeline/evidence_judge.h"
#include "app/time_zone.h"
#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/maths/portable.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

constexpr std::int64_t kCertifiedDays = 14;  // of reference (STATISTICS 1)

ev::EvidenceKind kind_of(const detectors::ColumnProfile& column) {
  switch (column.role) {
    case detectors::Role::prediction:
    case detectors::Role::score:
      return ev::EvidenceKind::prediction;
    default:
      return ev::EvidenceKind::data;
  }
}

// The reference is a file with both sides.
bool is_one_file(const Version& version) {
  return version.pairs && version.pairs->profile.digest == version.plan->profile.digest;
}

// What the task excludes is absent; what waits for labels learns until they have come.
std::array<ev::KindState, ev::kEvidenceKinds> states_of(const VersionEvidence& evidence,
                                                        const Version& version) {
  std::array<ev::KindState, ev::kEvidenceKinds> states{};
  const detectors::Task task = version.task ? version.task->task : version.plan->profile.task.task;
  // One file holds both sides: what it lacks is absent. Of what is learnt, that shows on the other clock, on
  // which the shares of this one may not depend.
  const bool labels_are_known = is_one_file(version);
  for (const ev::EvidenceKind kind : ev::kAllEvidenceKinds) {
    ev::KindState& state = states[static_cast<std::size_t>(kind)];
    state = ev::KindState::absent;
    if (evidence.kinds.contains(kind))
      state = ev::KindState::watching;
    else if (ev::lives_on_labels(kind) && task != detectors::Task::none && !labels_are_known)
      state = ev::KindState::learning;
  }
  const auto performance = static_cast<std::size_t>(ev::EvidenceKind::performance);
  if (task != detectors::Task::binary && states[performance] == ev::KindState::learning)
    states[performance] = ev::KindState::absent;
  return states;
}

// A profile of another state that is normal too, its blocks decoded.
struct Recurring {
  std::vector<const detectors::ColumnProfile*> columns;
  std::vector<ev::ColumnBlocks> blocks;  // by column
};

std::vector<Recurring> recurring_of(const Model& model) {
  std::vector<Recurring> found;
  for (const auto& regime : model.regimes)
    if (auto blocks = ev::blocks_of(*regime, detectors::Side::predictions); blocks.ok())
      found.push_back({regime->side(detectors::Side::predictions), std::move(*blocks)});
  return found;
}

void add_recurring(const std::vector<Recurring>& recurring, const detectors::ColumnProfile& column,
                   const ev::MeasureOptions& options, ev::MonitorReferences& references) {
  for (const Recurring& regime : recurring)
    for (std::size_t i = 0; i < regime.columns.size(); ++i)
      if (regime.columns[i]->name == column.name && ev::same_bins(column, *regime.columns[i]))
        ev::add_regimes(references, *regime.columns[i], regime.blocks[i], options);
}

}  // namespace

double importance_of(const ModelConfig& config, const std::string& column) {
  const ColumnConfig* named = config.column(column);
  return named == nullptr ? 1 : named->importance;
}

ev::Pace EvidenceJudge::pace_of(const Version& version) const {
  const BudgetConfig& budget = version.model->config->budget;
  const double tau = .25 * static_cast<double>(budget.per) / budget.alerts;
  return {slot_length(), detectors::maths::portable_exp(-static_cast<double>(slot_length()) / tau)};
}

ev::Calendar EvidenceJudge::calendar_of(const Version& version, const detectors::Profile& profile) {
  const SeasonConfig& season = version.model->config->season;
  ev::Calendar calendar;
  if (auto zone = load_time_zone(season.timezone); zone.ok()) calendar.zone = std::move(*zone);
  calendar.holidays = season.holidays;
  if (season.cells == SeasonConfig::Cells::none) calendar.cells = ev::Cells::one;
  const bool dated = profile.first != kNoTime && !profile.blocks.empty();
  const ev::Cells most = dated ? ev::cells_for(profile.last - profile.first) : ev::Cells::one;
  calendar.cells = std::min(calendar.cells, most);
  return calendar;
}

void EvidenceJudge::build_rows(Version& version, std::int64_t before) {
  const detectors::Profile& profile = version.plan->profile;
  const auto blocks = ev::blocks_of(profile, detectors::Side::predictions);
  if (!version.evidence) version.evidence = std::make_unique<VersionEvidence>();
  VersionEvidence& evidence = *version.evidence;
  evidence.calendar = calendar_of(version, profile);
  evidence.short_reference =
      profile.blocks.empty() || !ev::covers_days(profile.last - profile.first, kCertifiedDays);
  evidence.reference = profile.digest;
  evidence.rows.clear();
  evidence.rows.emplace("", detectors::RecentTallies());
  evidence.row_references.clear();
  evidence.later.clear();
  if (!blocks.ok()) {
    parts_.log.error(
        "the reference gives no evidence",
        {{"model", version.model->name}, {"version", version.name}, {"error", blocks.error().message}});
    return;
  }
  for (const detectors::ColumnProfile* column : version.plan->columns)
    if (importance_of(*version.model->config, column->name) > 0 && !evidence.kinds.contains(kind_of(*column)))
      add_kind(version, kind_of(*column), before);
  const ev::MeasureOptions options{evidence.calendar, slot_length(), true};
  const std::vector<Recurring> recurring = recurring_of(*version.model);
  const SegmentBudget budget = segment_budget(*version.model->config, profile, detectors::Side::predictions);
  add_rows(version, "", budget.of_known(""), [&](std::size_t place) {
    const detectors::ColumnProfile& column = *version.plan->columns[place];
    ev::MonitorReferences references = ev::references_of(column, (*blocks)[place], options);
    add_recurring(recurring, column, options, references);
    return references;
  });
  add_known_segments(version);
  if (is_one_file(version) && evidence.pair_reference != profile.digest) return build_pairs(version, before);
  weigh_kinds(version);
}

// The series of one segment, each with its share of the kind: that of its column and of the segment.
void EvidenceJudge::add_rows(Version& version, const std::string& segment, double share,
                             const Reference& reference) {
  VersionEvidence& evidence = *version.evidence;
  std::map<ev::EvidenceKind, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < version.plan->columns.size(); ++i)
    if (importance_of(*version.model->config, version.plan->columns[i]->name) > 0)
      places[kind_of(*version.plan->columns[i])].push_back(i);
  for (const auto& [kind, columns] : places) {
    KindWatch& watch = evidence.kinds.at(kind);
    std::vector<double> importance;
    for (const std::size_t place : columns)
      importance.push_back(importance_of(*version.model->config, version.plan->columns[place]->name));
    const std::vector<double> shares = ev::share_columns(importance);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const detectors::ColumnProfile& column = *version.plan->columns[columns[i]];
      const ev::MonitorReferences references = reference(columns[i]);
      const ev::SeriesName name{segment, static_cast<std::uint32_t>(columns[i]), column.name};
      watch.series.push_back(name);
      watch.evidence.add(name, ev::column_monitors(column, references), share * shares[i]);
      if (segment.empty()) evidence.inflation[column.name] = references.front().inflation;
      if (!ev::is_resolved(references)) evidence.unresolved.emplace(segment, column.name);
    }
  }
}

KindWatch& EvidenceJudge::add_kind(Version& version, Kind kind, std::int64_t before) {
  KindWatch watch{ev::KindEvidence(pace_of(version), before)};
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
  const ev::KindWeights shares =
      ev::share_kinds(version.model->config->budget.kinds, states_of(evidence, version));
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
