#include "app/pipeline/evidence_findings.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "app/pipeline/encoded_counts.h"
#include "app/pipeline/evidence_columns.h"
#include "detectors/derived/words.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

// How far the rates of a column on labels have moved; none where it has bins to look at.
std::optional<ev::RateEffect> rates_of(const Version& version, const ev::SeriesName& series,
                                       std::string_view encoded) {
  const auto labels = version.labels.find(series.segment);
  if (labels == version.labels.end()) return std::nullopt;
  const auto judge = labels->second.judge_of(series.column);
  if (!judge) return std::nullopt;
  const ev::LabelPlan& plan = *judge->line->counts.plan();
  return plan.effect(judge->series, decode_counts(encoded, plan.counts(judge->series)));
}
ev::Effect effect_from(const std::optional<ev::RateEffect>& rates) {
  if (!rates) return {};
  return {rates->excess, std::abs(rates->rate - rates->expected), rates->values};
}
std::string rates_since(const Version& version, const ev::SeriesName& series, std::int64_t slot) {
  const auto found = version.evidence->rates.find(series);
  return found == version.evidence->rates.end() ? std::string() : found->second.since(slot);
}

// "share of false alarms 8 % -> 15 %", of the reference at the ages at which labels came, and now.
std::string rate_words(const ev::RateEffect& rates, const ev::SeriesName& series) {
  static const std::map<std::string, std::string> kWhat = {
      {"precision", "false alarms among predicted positives"},
      {"recall", "misses among actual positives"},
      {"score", "positives at their scores"},
      {"arrival", "labels that came in their time"}};
  const auto what = kWhat.find(series.column);
  return (what == kWhat.end() ? std::string("rate") : what->second) + " " + ev::percent_text(rates.expected) +
         " -> " + ev::percent_text(rates.rate);
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
  const auto column = column_since(version, kind, moved.series, drift.start);
  const auto counts = counts_since(version, kind, moved.series.segment, drift.start);
  if (!column || !counts) {
    const auto rates = rates_of(version, moved.series, rates_since(version, moved.series, drift.start));
    finding.change = rates && rates->values > 0 ? rate_words(*rates, moved.series)
                                                : std::string(ev::name_of(moved.largest.shape)) +
                                                      (moved.largest.direction < 0 ? " down" : " up");
    return finding;
  }
  const std::size_t place = place_of(*plan, column_of(*plan, moved.series));
  const std::string fresh = most_frequent_new(*counts, place);
  const ev::Movement movement{moved.largest.shape, moved.largest.direction, moved.largest.symbol, fresh};
  finding.change = column->role == detectors::Role::derived
                       ? detectors::derived::words_of(plan->profile, *column, counts->column(place), movement)
                       : ev::words_of(*column, counts->column(place), movement);
  for (const detectors::StatisticValue& value : detectors::binned_statistics(*column, counts->column(place)))
    finding.statistics.emplace_back(detectors::name_of(value.statistic), value.value);
  return finding;
}

// "; ave_rooms is in the open incident of kind data": the reader has the cause already.
std::string told_already(const Version& version, ev::EvidenceKind kind, const ev::SeriesName& series) {
  std::string text;
  for (const std::string& column : drifting_behind(version, kind, series))
    text += (text.empty() ? "; " : ", ") + column;
  if (text.empty()) return text;
  const bool one = text.find(',') == std::string::npos;
  return text + (one ? " is" : " are") + " in the open incident of kind data";
}

// Those that pause, in decreasing share up to 95 %: the rest is capital of columns that did not move.
std::size_t moved_columns(const std::vector<alerts::ColumnFinding>& columns) {
  double told = 0;
  std::size_t number = 0;
  while (number < columns.size() && told < ev::kPausedShare) told += columns[number++].share.value_or(0);
  return number;
}

std::string summary_of(const std::vector<alerts::ColumnFinding>& columns, std::size_t told) {
  std::string text;
  const std::size_t moved = moved_columns(columns);
  for (std::size_t i = 0; i < std::min(told, moved); ++i) {
    if (i > 0) text += "; ";
    text += columns[i].column;
    if (!columns[i].segment.empty()) text += " (" + columns[i].segment + ")";
    text += ": " + columns[i].change;
  }
  if (moved > told) text += "; and " + std::to_string(moved - told) + " more";
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

std::set<std::string> drifting_behind(const Version& version, ev::EvidenceKind kind,
                                      const ev::SeriesName& series) {
  std::set<std::string> found;
  const auto data = version.evidence->kinds.find(ev::EvidenceKind::data);
  if (kind != ev::EvidenceKind::covariate || data == version.evidence->kinds.end() || !data->second.open)
    return found;
  const detectors::ColumnProfile* column = column_of(*version.plan, series);
  if (column == nullptr) return found;
  for (const std::string& name : detectors::derived::features_behind(version.plan->profile, *column))
    if (data->second.open->columns.contains(name)) found.insert(name);
  return found;
}

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
  const std::vector<Moved> moved = moved_series(drift);
  if (moved.empty()) return {};
  const ev::SeriesName& series = moved.front().series;
  const auto column = column_since(version, kind, series, drift.start);
  const auto counts = counts_since(version, kind, series.segment, drift.start);
  if (!column) return effect_from(rates_of(version, series, rates_since(version, series, drift.start)));
  if (!counts) return {};
  const Plan& plan = *plan_of(version, kind);
  return ev::effect_of(*column, counts->column(place_of(plan, column_of(plan, series))));
}

namespace {

// Of one series over the counts since the last look.
std::optional<ev::Effect> effect_of_day(const Version& version, ev::EvidenceKind kind, const OpenDrift& drift,
                                        const ev::SeriesName& series, Time end) {
  const auto column = column_of_day(version, kind, series, end);
  if (!column) {
    const auto rates = drift.day_rates.find(series);
    if (rates == drift.day_rates.end()) return std::nullopt;
    return effect_from(rates_of(version, series, rates->second));
  }
  const Plan& plan = *plan_of(version, kind);
  const auto day = drift.day.find(series.segment);
  if (day == drift.day.end()) return std::nullopt;
  const auto counts = detectors::Tally::decode(plan.layout, day->second);
  if (!counts.ok()) return std::nullopt;
  return ev::effect_of(*column, counts->column(place_of(plan, column_of(plan, series))));
}

}  // namespace

ev::Effect effect_of_day(const Version& version, ev::EvidenceKind kind, const OpenDrift& drift, Time end) {
  ev::Effect largest;
  largest.excess = -1;
  std::set<ev::SeriesName> looked;
  for (const ev::AlarmPart& part : drift.parts) {
    if (!drift.columns.contains(part.series.column) || !looked.insert(part.series).second) continue;
    const auto effect = effect_of_day(version, kind, drift, part.series, end);
    if (effect && effect->values >= alerts::kValuesPerFigure && effect->excess > largest.excess)
      largest = *effect;
  }
  return largest;
}

std::optional<alerts::LossSince> loss_since(const Version& version, const OpenDrift& drift) {
  if (!version.pairs || version.pairs->profile.find(detectors::Role::loss) == nullptr) return std::nullopt;
  const std::vector<Moved> moved = moved_series(drift);
  const std::string segment = moved.empty() ? std::string() : moved.front().series.segment;
  const ev::SeriesName series{segment, 0, "loss"};
  const auto column = column_since(version, ev::EvidenceKind::concept_drift, series, drift.start);
  const auto counts = counts_since(version, ev::EvidenceKind::concept_drift, segment, drift.start);
  if (!column || !counts) return std::nullopt;
  const LossMoments before = loss_moments(*column, column->reference);
  const LossMoments now =
      loss_moments(*column, counts->column(place_of(*version.pairs, column_of(*version.pairs, series))));
  if (!(now.n > 0) || !(before.n > 0)) return std::nullopt;
  const auto inflation = version.evidence->inflation.find("loss");
  const double vif = inflation == version.evidence->inflation.end() ? 1 : inflation->second;
  const bool classes = version.task && version.task->task != detectors::Task::regression;
  alerts::LossSince loss;
  loss.pairs = static_cast<std::int64_t>(now.n);
  loss.change = now.mean - before.mean;
  loss.standard_error = std::sqrt(vif * (now.variance / now.n + before.variance / before.n));
  const auto& labels = version.pairs->profile.labels;
  const double bound = labels && labels->scale.loss_bound > 0 ? labels->scale.loss_bound : column->maximum;
  loss.tolerance = kLossTolerance * (classes ? 1 : bound);
  return loss;
}

// The series in decreasing share up to 95 %, as columns pause.
bool is_uncertified(const Version& version, const ev::Alarm& alarm) {
  if (version.evidence->short_reference) return true;
  std::map<std::pair<std::string, std::string>, double> shares;
  for (const ev::AlarmPart& part : alarm.parts)
    shares[{part.series.segment, part.series.column}] += part.share;
  std::vector<std::pair<double, std::pair<std::string, std::string>>> order;
  for (const auto& [series, share] : shares) order.emplace_back(-share, series);
  std::sort(order.begin(), order.end());
  double told = 0;
  for (const auto& [negative, series] : order) {
    if (told >= ev::kPausedShare) return false;
    if (version.evidence->unresolved.contains(series)) return true;
    told -= negative;
  }
  return false;
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
  if (!drift.parts.empty()) findings.summary += told_already(version, kind, drift.parts.front().series);
  return findings;
}

}  // namespace driftd::app
