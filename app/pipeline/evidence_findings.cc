#include "app/pipeline/evidence_findings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "detectors/derived/words.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

const Plan* plan_of(const Version& version, ev::EvidenceKind kind) {
  return side_of(kind) == detectors::Side::predictions ? version.plan.get() : version.pairs.get();
}

// The column of the series on its side's plan; null for columns that only evidence knows.
const detectors::ColumnProfile* column_of(const Plan& plan, const ev::SeriesName& series) {
  for (const detectors::ColumnProfile* column : plan.columns)
    if (column->name == series.column) return column;
  return nullptr;
}
std::size_t place_of(const Plan& plan, const detectors::ColumnProfile* column) {
  return static_cast<std::size_t>(std::find(plan.columns.begin(), plan.columns.end(), column) -
                                  plan.columns.begin());
}

// Of one series, the parts of all alarms together.
struct Moved {
  ev::SeriesName series;
  double share = 0;
  ev::AlarmPart largest;
  std::map<ev::Shape, double> shapes;
};

std::vector<Moved> moved_series(const OpenDrift& drift) {
  std::map<ev::SeriesName, Moved> found;
  for (const ev::AlarmPart& part : drift.parts) {
    Moved& one = found[part.series];
    if (part.share > one.largest.share) one.largest = part;
    one.series = part.series;
    const double share = part.share / static_cast<double>(drift.alarms);
    one.share += share;
    one.shapes[part.shape] += share;
  }
  std::vector<Moved> all;
  for (auto& [name, one] : found) all.push_back(std::move(one));
  std::stable_sort(all.begin(), all.end(), [](const Moved& a, const Moved& b) { return a.share > b.share; });
  return all;
}

std::string most_frequent_new(const detectors::Tally& tally, std::size_t place) {
  std::string text;
  std::int64_t most = 0;
  for (const auto& one : tally.new_categories())
    if (one.column == place && one.count > most) std::tie(most, text) = std::tie(one.count, one.text);
  return text;
}

alerts::ColumnFinding finding_of(const Version& version, ev::EvidenceKind kind, const OpenDrift& drift,
                                 const Moved& moved) {
  alerts::ColumnFinding finding{moved.series.column, moved.series.segment, moved.share, {}, {}, {}};
  for (const auto& [shape, share] : moved.shapes) finding.shapes.emplace_back(ev::name_of(shape), share);
  const Plan* plan = plan_of(version, kind);
  const detectors::ColumnProfile* column = plan == nullptr ? nullptr : column_of(*plan, moved.series);
  const auto counts = counts_since(version, kind, moved.series.segment, drift.start);
  if (column == nullptr || !counts) {
    finding.change =
        std::string(ev::name_of(moved.largest.shape)) + (moved.largest.direction < 0 ? " down" : " up");
    return finding;
  }
  const std::size_t place = place_of(*plan, column);
  const std::string fresh = most_frequent_new(*counts, place);
  const ev::Movement movement{moved.largest.shape, moved.largest.direction, moved.largest.symbol, fresh};
  finding.change = column->role == detectors::Role::derived
                       ? detectors::derived::words_of(plan->profile, *column, counts->column(place), movement)
                       : ev::words_of(*column, counts->column(place), movement);
  for (const detectors::StatisticValue& value : detectors::binned_statistics(*column, counts->column(place)))
    finding.statistics.emplace_back(detectors::name_of(value.statistic), value.value);
  return finding;
}

std::string summary_of(const std::vector<alerts::ColumnFinding>& columns, std::size_t told) {
  std::string text;
  for (std::size_t i = 0; i < std::min(told, columns.size()); ++i) {
    if (i > 0) text += "; ";
    text += columns[i].column;
    if (!columns[i].segment.empty()) text += " (" + columns[i].segment + ")";
    text += ": " + columns[i].change;
  }
  if (columns.size() > told) text += "; and " + std::to_string(columns.size() - told) + " more";
  return text;
}

struct LossMoments {
  double mean = 0, variance = 0, n = 0;
};
LossMoments loss_moments(const detectors::ColumnProfile& column,
                         std::span<const detectors::CellCount> counts) {
  LossMoments loss;
  const ev::ColumnMoments moments = ev::moments_of(column, counts);
  loss.mean = moments.mean;
  loss.variance = moments.deviation * moments.deviation;
  loss.n = moments.values;
  return loss;
}

}  // namespace

std::optional<detectors::Tally> counts_since(const Version& version, ev::EvidenceKind kind,
                                             const std::string& segment, std::int64_t slot) {
  const Plan* plan = plan_of(version, kind);
  if (plan == nullptr || !version.evidence) return std::nullopt;
  const auto& recent =
      side_of(kind) == detectors::Side::predictions ? version.evidence->rows : version.evidence->pairs;
  const auto found = recent.find(segment);
  if (found == recent.end()) return std::nullopt;
  detectors::Tally counts(plan->layout);
  found->second.since(slot, counts);
  return counts;
}

ev::Effect effect_since_start(const Version& version, ev::EvidenceKind kind, const OpenDrift& drift) {
  const Plan* plan = plan_of(version, kind);
  const std::vector<Moved> moved = moved_series(drift);
  if (plan == nullptr || moved.empty()) return {};
  const detectors::ColumnProfile* column = column_of(*plan, moved.front().series);
  const auto counts = counts_since(version, kind, moved.front().series.segment, drift.start);
  if (column == nullptr || !counts) return {};
  return ev::effect_of(*column, counts->column(place_of(*plan, column)));
}

ev::Effect effect_of_day(const Version& version, ev::EvidenceKind kind, const OpenDrift& drift) {
  ev::Effect largest;
  largest.excess = -1;
  const Plan* plan = plan_of(version, kind);
  if (plan == nullptr) return {};
  for (const ev::AlarmPart& part : drift.parts) {
    if (!drift.columns.contains(part.series.column)) continue;
    const detectors::ColumnProfile* column = column_of(*plan, part.series);
    const auto day = drift.day.find(part.series.segment);
    if (column == nullptr || day == drift.day.end()) continue;
    const auto counts = detectors::Tally::decode(plan->layout, day->second);
    if (!counts.ok()) continue;
    const ev::Effect effect = ev::effect_of(*column, counts->column(place_of(*plan, column)));
    if (effect.values >= alerts::kValuesPerFigure && effect.excess > largest.excess) largest = effect;
  }
  return largest;
}

std::optional<alerts::LossSince> loss_since(const Version& version, std::int64_t slot) {
  if (!version.pairs) return std::nullopt;
  const detectors::ColumnProfile* column = version.pairs->profile.find(detectors::Role::loss);
  const auto counts = counts_since(version, ev::EvidenceKind::concept_drift, "", slot);
  if (column == nullptr || !counts) return std::nullopt;
  const LossMoments before = loss_moments(*column, column->reference);
  const LossMoments now = loss_moments(*column, counts->column(place_of(*version.pairs, column)));
  if (!(now.n > 0) || !(before.n > 0)) return std::nullopt;
  const auto inflation = version.evidence->inflation.find("loss");
  const double vif = inflation == version.evidence->inflation.end() ? 1 : inflation->second;
  const bool classes = version.task && version.task->task != detectors::Task::regression;
  alerts::LossSince loss;
  loss.pairs = static_cast<std::int64_t>(now.n);
  loss.change = now.mean - before.mean;
  loss.standard_error = std::sqrt(vif * (now.variance / now.n + before.variance / before.n));
  loss.tolerance = kLossTolerance * (classes ? 1 : column->maximum);
  return loss;
}

bool is_uncertified(const Version& version, const ev::Alarm& alarm) {
  if (version.evidence->short_reference) return true;
  return std::any_of(alarm.columns.begin(), alarm.columns.end(), [&](const std::string& column) {
    return version.evidence->unresolved.contains(column);
  });
}

std::string strength_of(const Version& version, ev::EvidenceKind kind, const ev::Alarm& alarm) {
  if (is_uncertified(version, alarm)) return "uncertified";
  const bool fitted = ev::lives_on_labels(kind) && version.evidence->fitted_ages;
  return alarm.needs_bank || fitted ? "calibrated" : "certified";
}

alerts::Findings findings_of(const Version& version, ev::EvidenceKind kind, const OpenDrift& drift) {
  constexpr std::size_t kTold = 3;  // columns named in the summary
  alerts::Findings findings;
  findings.evidence = drift.facts;
  for (const Moved& moved : moved_series(drift))
    findings.columns.push_back(finding_of(version, kind, drift, moved));
  findings.summary = summary_of(findings.columns, kTold);
  return findings;
}

}  // namespace driftd::app
