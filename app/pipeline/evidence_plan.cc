#include "app/pipeline/evidence_plan.h"

#include <algorithm>
#include <utility>

#include "app/time_zone.h"
#include "detectors/derived/words.h"
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
    case detectors::Role::derived:
      return ev::EvidenceKind::covariate;
    default:
      return ev::EvidenceKind::data;
  }
}

// A derived column of which a recurring state knows nothing would alarm whenever that state is there.
bool is_known(std::span<const DecodedProfile> regimes, const detectors::Profile& reference,
              const detectors::ColumnProfile& column) {
  return column.role != detectors::Role::derived ||
         std::all_of(regimes.begin(), regimes.end(), [&](const DecodedProfile& regime) {
           return regime.profile->derived == reference.derived && same_column(regime, column);
         });
}

// Reads a column that a reference file has and the configuration ignores.
bool reads_an_ignored_column(const detectors::Profile& profile, const detectors::ColumnProfile& column,
                             const ModelConfig& config) {
  if (column.role != detectors::Role::derived) return false;
  const auto behind = detectors::derived::features_behind(profile, column);
  return std::any_of(behind.begin(), behind.end(),
                     [&](const std::string& name) { return config.ignores(name); });
}

}  // namespace

Result<DecodedProfile> decode_profile(const detectors::Profile& profile) {
  auto blocks = ev::blocks_of(profile, detectors::Side::predictions);
  if (!blocks.ok()) return blocks.error();
  return DecodedProfile{&profile, profile.side(detectors::Side::predictions), std::move(*blocks)};
}

std::optional<std::size_t> same_column(const DecodedProfile& regime, const detectors::ColumnProfile& column) {
  for (std::size_t i = 0; i < regime.columns.size(); ++i)
    if (regime.columns[i]->name == column.name && ev::same_bins(column, *regime.columns[i])) return i;
  return std::nullopt;
}

PlannedColumns planned_columns(std::span<const detectors::ColumnProfile* const> columns,
                               const ModelConfig& config, const ColumnMeasure& measure) {
  PlannedColumns found;
  std::map<ev::EvidenceKind, std::vector<double>> importance;
  for (std::size_t place = 0; place < columns.size(); ++place) {
    const double own = importance_of(config, columns[place]->name);
    if (!(own > 0)) continue;
    auto references = measure(place);
    if (!references) continue;
    const ev::EvidenceKind kind = kind_of(*columns[place]);
    importance[kind].push_back(own);
    found[kind].push_back({place, 0, *std::move(references)});
  }
  for (auto& [kind, planned] : found) {
    const std::vector<double> shares = ev::share_columns(importance[kind]);
    for (std::size_t i = 0; i < planned.size(); ++i) planned[i].share = shares[i];
  }
  return found;
}

PlannedColumns planned_columns(const DecodedProfile& reference, std::span<const DecodedProfile> regimes,
                               const ModelConfig& config, const ev::MeasureOptions& options) {
  return planned_columns(
      reference.columns, config, [&](std::size_t place) -> std::optional<ev::MonitorReferences> {
        const detectors::ColumnProfile& column = *reference.columns[place];
        if (!is_known(regimes, *reference.profile, column)) return std::nullopt;
        if (reads_an_ignored_column(*reference.profile, column, config)) return std::nullopt;
        ev::MonitorReferences references = ev::references_of(column, reference.blocks[place], options);
        for (const DecodedProfile& regime : regimes)
          if (const auto same = same_column(regime, column))
            ev::add_regimes(references, *regime.columns[*same], regime.blocks[*same], options);
        return references;
      });
}

std::array<ev::KindState, ev::kEvidenceKinds> kind_states(const std::set<ev::EvidenceKind>& watched,
                                                          detectors::Task task, bool labels_are_known) {
  std::array<ev::KindState, ev::kEvidenceKinds> states{};
  for (const ev::EvidenceKind kind : ev::kAllEvidenceKinds) {
    ev::KindState& state = states[static_cast<std::size_t>(kind)];
    state = ev::KindState::absent;
    if (watched.contains(kind))
      state = ev::KindState::watching;
    else if (ev::lives_on_labels(kind) && task != detectors::Task::none && !labels_are_known)
      state = ev::KindState::learning;
  }
  const auto performance = static_cast<std::size_t>(ev::EvidenceKind::performance);
  if (task != detectors::Task::binary && states[performance] == ev::KindState::learning)
    states[performance] = ev::KindState::absent;
  return states;
}

ev::Calendar calendar_of(const SeasonConfig& season, const detectors::Profile& profile) {
  ev::Calendar calendar;
  if (auto zone = load_time_zone(season.timezone); zone.ok()) calendar.zone = std::move(*zone);
  calendar.holidays = season.holidays;
  if (season.cells == SeasonConfig::Cells::none) calendar.cells = ev::Cells::one;
  const bool dated = profile.first != kNoTime && !profile.blocks.empty();
  const ev::Cells most = dated ? ev::cells_for(profile.last - profile.first) : ev::Cells::one;
  calendar.cells = std::min(calendar.cells, most);
  return calendar;
}

bool is_short(const detectors::Profile& profile) {
  return profile.blocks.empty() || !ev::covers_days(profile.last - profile.first, kCertifiedDays);
}

ev::Pace pace_of(const BudgetConfig& budget, Duration slot) {
  const double tau = .25 * static_cast<double>(budget.per) / budget.alerts;
  return {slot, detectors::maths::portable_exp(-static_cast<double>(slot) / tau)};
}

double capital_per_slot(const BudgetConfig& budget, Duration slot) {
  return budget.alerts * static_cast<double>(slot) / static_cast<double>(budget.per);
}

double importance_of(const ModelConfig& config, const std::string& column) {
  const ColumnConfig* named = config.column(column);
  if (named == nullptr) return 1;
  return named->ignore ? 0 : named->importance;
}

}  // namespace driftd::app
