#include "app/certify/replay_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "app/pipeline/evidence_findings.h"
#include "detectors/evidence/certify/held_out.h"
#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/evidence/labels/label_evidence.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

// The reference and its regimes, decoded.
Result<std::vector<DecodedProfile>> decode_all(const CertifyInput& input) {
  std::vector<DecodedProfile> found;
  std::vector<std::shared_ptr<const detectors::Profile>> profiles = {input.rows};
  profiles.insert(profiles.end(), input.regimes.begin(), input.regimes.end());
  for (const auto& profile : profiles) {
    auto decoded = decode_profile(*profile);
    if (!decoded.ok()) return decoded.error();
    found.push_back(std::move(*decoded));
  }
  return found;
}

ReplayColumn replay_column(const std::vector<DecodedProfile>& profiles, const PlannedColumn& planned,
                           const std::shared_ptr<const ev::ReferenceDays>& days,
                           const ev::MeasureOptions& options) {
  const detectors::ColumnProfile& column = *profiles.front().columns[planned.place];
  ev::ColumnInProfiles in;
  for (const DecodedProfile& profile : profiles) {
    const auto place = same_column(profile, column);
    in.columns.push_back(place ? profile.columns[*place] : &column);
    in.blocks.push_back(&profile.blocks[place.value_or(0)]);
  }
  ReplayColumn made;
  made.name = column.name;
  made.share = planned.share;
  made.width = ev::counts_of(column);
  made.counts = ev::counts_by_slot(*days, in.blocks, made.width);
  made.inflation = planned.references.front().inflation;
  made.resolved = ev::is_resolved(planned.references);
  made.profile = &column;
  made.law = planned.references.front().p;
  auto laws =
      std::make_shared<const ev::MonitorReferences>(ev::laws_by_fold(planned.references, in, *days, options));
  made.monitors = [&column, laws, days] { return ev::replay_monitors(column, *laws, *days); };
  return made;
}

// First and last time of all that labels said.
ev::ProfileSpan span_of(const std::vector<ev::ColumnBlocks>& blocks) {
  ev::ProfileSpan span;
  for (const ev::ColumnBlocks& one : blocks) {
    if (one.starts.empty()) continue;
    span.first = span.first == kNoTime ? one.starts.front() : std::min(span.first, one.starts.front());
    span.last = std::max(span.last, one.starts.back());
  }
  return span;
}

ReplayColumn label_column(const std::shared_ptr<const ev::LabelPlan>& plan, std::size_t series,
                          const ev::ColumnBlocks& blocks,
                          const std::shared_ptr<const ev::ReferenceDays>& days) {
  ReplayColumn made;
  made.name = std::string(plan->series()[series].column);
  made.resolved = plan->series()[series].resolved;
  const auto monitors = plan->monitors(series);
  for (const ev::WeightedMonitor& each : monitors->monitors) made.width += each.monitor->width();
  if (!monitors->monitors.empty()) made.inflation = monitors->monitors.front().inflation;
  const ev::ColumnBlocks* const own = &blocks;
  made.counts = ev::counts_by_slot(*days, std::span(&own, 1), made.width);
  made.monitors = [plan, series, days] {
    const std::vector<std::shared_ptr<const ev::SeriesMonitors>> folds(days->folds, plan->monitors(series));
    return ev::ReplayMonitors{folds, std::nullopt, days->cells_of_calendar};
  };
  return made;
}

void add_labels(const CertifyInput& input, Duration slot, ReplayPlan& plan) {
  const detectors::Profile& profile = *input.pairs;
  if (!profile.labels) return;
  const ev::Calendar calendar = calendar_of(input.config->season, profile);
  const ev::LabelOptions options{{calendar, slot, true}, kLossTolerance};
  const auto labels = ev::LabelPlan::make(*profile.labels, options);
  const std::vector<ev::ColumnBlocks> blocks = ev::label_blocks(*profile.labels, options);
  const ev::ProfileSpan span = span_of(blocks);
  auto days = ev::reference_days(std::span(&span, 1), calendar, slot);
  if (!days.ok()) {
    plan.left_out.push_back("kinds on labels: " + days.error().message);
    return;
  }
  plan.pairs = std::make_shared<const ev::ReferenceDays>(std::move(*days));
  std::map<ev::EvidenceKind, double> importance;
  std::map<ev::EvidenceKind, ReplayKind> kinds;
  for (std::size_t i = 0; i < labels->series().size(); ++i) {
    const ev::LabelSeries& series = labels->series()[i];
    const double own = importance_of(*input.config, std::string(series.column));
    if (!(own > 0)) continue;
    ReplayColumn column = label_column(labels, i, blocks[i], plan.pairs);
    column.share = own;
    importance[series.kind] += own;
    kinds[series.kind].columns.push_back(std::move(column));
  }
  for (auto& [kind, made] : kinds) {
    made.kind = kind;
    made.days = plan.pairs.get();
    for (ReplayColumn& column : made.columns) column.share /= importance[kind];
    plan.kinds.push_back(std::move(made));
  }
  if (profile.task.task == detectors::Task::regression)
    plan.left_out.emplace_back("bets on the mean loss: a profile does not keep them");
}

void weigh(const CertifyInput& input, ReplayPlan& plan) {
  std::set<ev::EvidenceKind> watched;
  for (const ReplayKind& kind : plan.kinds) watched.insert(kind.kind);
  const bool one_file = input.pairs != nullptr && input.pairs->digest == input.rows->digest;
  const auto states = kind_states(watched, input.rows->task.task, one_file);
  const ev::KindWeights weights = ev::share_kinds(input.config->budget.kinds, states);
  for (ReplayKind& kind : plan.kinds) kind.weight = weights[static_cast<std::size_t>(kind.kind)];
  for (const ev::EvidenceKind kind : ev::kAllEvidenceKinds)
    if (states[static_cast<std::size_t>(kind)] == ev::KindState::learning)
      plan.left_out.push_back("kind " + std::string(ev::name_of(kind)) + ": its reference is not there yet");
}

}  // namespace

ev::ReplaySeries ReplayColumn::series() const { return {name, share, monitors(), width, counts}; }

ev::MonthOptions ReplayPlan::options(const ReplayKind& kind, const BudgetConfig& budget) const {
  const Duration slot = kind.days->slot;
  return {pace_of(budget, slot), capital_per_slot(budget, slot) * kind.weight, kPauseOfFalseAlarm / slot,
          kind.days->stretches.front().first};
}

Result<ReplayPlan> replay_plan(const CertifyInput& input) {
  const auto profiles = decode_all(input);
  if (!profiles.ok()) return profiles.error();
  const ev::Calendar calendar = calendar_of(input.config->season, *input.rows);
  std::vector<ev::ProfileSpan> spans;
  for (const DecodedProfile& one : *profiles) {
    const bool dated = !one.profile->blocks.empty();
    spans.push_back({dated ? one.profile->first : kNoTime, one.profile->last});
  }
  auto days = ev::reference_days(spans, calendar, input.slot);
  if (!days.ok()) return days.error();
  ReplayPlan plan;
  plan.rows = std::make_shared<const ev::ReferenceDays>(std::move(*days));
  plan.short_reference = is_short(*input.rows);
  const ev::MeasureOptions options{calendar, plan.rows->slot, true};
  const std::span<const DecodedProfile> regimes = std::span(*profiles).subspan(1);
  for (const auto& [kind, columns] : planned_columns(profiles->front(), regimes, *input.config, options)) {
    ReplayKind made{kind, 0, plan.rows.get(), {}};
    for (const PlannedColumn& column : columns)
      made.columns.push_back(replay_column(*profiles, column, plan.rows, options));
    plan.kinds.push_back(std::move(made));
  }
  if (input.pairs) add_labels(input, plan.rows->slot, plan);
  if (plan.kinds.empty()) return Error{ErrorCode::invalid, "no column has a share of the budget"};
  weigh(input, plan);
  return plan;
}

}  // namespace driftd::app
