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

double importance_of(const ModelConfig& config, const std::string& column) {
  const ColumnConfig* named = config.column(column);
  return named == nullptr ? 1 : named->importance;
}

// What the task excludes is absent; what waits for labels learns until they have come.
std::array<ev::KindState, ev::kEvidenceKinds> states_of(const VersionEvidence& evidence,
                                                        const Version& version) {
  std::array<ev::KindState, ev::kEvidenceKinds> states{};
  const detectors::Task task = version.task ? version.task->task : version.plan->profile.task.task;
  for (const ev::EvidenceKind kind : ev::kAllEvidenceKinds) {
    ev::KindState& state = states[static_cast<std::size_t>(kind)];
    state = ev::KindState::absent;
    if (evidence.kinds.contains(kind))
      state = ev::KindState::watching;
    else if (ev::lives_on_labels(kind) && task != detectors::Task::none && !version.pairs)
      state = ev::KindState::learning;
  }
  const auto performance = static_cast<std::size_t>(ev::EvidenceKind::performance);
  if (task != detectors::Task::binary && states[performance] == ev::KindState::learning)
    states[performance] = ev::KindState::absent;
  return states;
}

}  // namespace

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
  drop_kinds(version, detectors::Side::predictions, before);
  evidence.calendar = calendar_of(version, profile);
  evidence.short_reference =
      profile.blocks.empty() || !ev::covers_days(profile.last - profile.first, kCertifiedDays);
  evidence.reference = profile.digest;
  evidence.rows.clear();
  evidence.rows.emplace("", detectors::RecentTallies());
  if (!blocks.ok()) {
    parts_.log.error(
        "the reference gives no evidence",
        {{"model", version.model->name}, {"version", version.name}, {"error", blocks.error().message}});
    return;
  }
  const ev::MeasureOptions options{evidence.calendar, slot_length(), true};
  std::map<ev::EvidenceKind, std::vector<std::size_t>> places;
  for (std::size_t i = 0; i < version.plan->columns.size(); ++i)
    if (importance_of(*version.model->config, version.plan->columns[i]->name) > 0)
      places[kind_of(*version.plan->columns[i])].push_back(i);
  for (const auto& [kind, columns] : places) {
    KindWatch& watch = add_kind(version, kind, before);
    std::vector<double> importance;
    for (const std::size_t place : columns)
      importance.push_back(importance_of(*version.model->config, version.plan->columns[place]->name));
    const std::vector<double> shares = ev::share_columns(importance);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const detectors::ColumnProfile& column = *version.plan->columns[columns[i]];
      const ev::MonitorReferences references = ev::references_of(column, (*blocks)[columns[i]], options);
      const ev::SeriesName name{"", static_cast<std::uint32_t>(columns[i]), column.name};
      watch.series.push_back(name);
      watch.evidence.add(name, ev::column_monitors(column, references), shares[i]);
      evidence.inflation[column.name] = references.front().inflation;
      if (!ev::is_resolved(references)) evidence.unresolved.insert(column.name);
    }
  }
  weigh_kinds(version);
}

KindWatch& EvidenceJudge::add_kind(Version& version, Kind kind, std::int64_t before) {
  KindWatch watch{ev::KindEvidence(pace_of(version), before)};
  return version.evidence->kinds.emplace(kind, std::move(watch)).first->second;
}

// Another reference: what was open against the old one is over.
void EvidenceJudge::drop_kinds(Version& version, detectors::Side side, std::int64_t before) {
  std::erase_if(version.evidence->kinds, [&](auto& entry) {
    auto& [kind, watch] = entry;
    if (side_of(kind) != side) return false;
    if (watch.open && watch.open->told)
      parts_.desk->close(key_of(version, kind), slot_end(before, slot_length()));
    version.spent_before += watch.evidence.spent();
    version.granted_before += watch.evidence.granted(before);
    return true;
  });
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
