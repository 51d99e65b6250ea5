// Classic thresholds at each closed slot (DESIGN 7.15): only what a rule names is computed.
#include "app/pipeline/judge.h"
#include "app/pipeline/segments.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace {

std::optional<std::size_t> column_number(const Plan& plan, const std::string& name) {
  for (std::size_t i = 0; i < plan.columns.size(); ++i)
    if (plan.columns[i]->name == name) return i;
  return std::nullopt;
}

// The plan and the window of the side on which the rule's column lives.
struct ColumnView {
  const detectors::ColumnProfile* column = nullptr;
  std::span<const detectors::CellCount> counts;
};

std::optional<ColumnView> column_view(const Version& version, const std::string& name,
                                      const std::string& segment) {
  const std::uint32_t number = segment_number(version, segment);
  if (number >= version.state.size()) return std::nullopt;
  const SegmentState& state = version.state[number];
  for (const auto& [plan, window] :
       {std::pair(&version.plan, &state.rows), std::pair(&version.pairs, &state.pairs)}) {
    if (!*plan || !*window) continue;
    if (const auto column = column_number(**plan, name))
      return ColumnView{(*plan)->columns[*column], (*window)->total().column(*column)};
  }
  return std::nullopt;
}

detectors::Side side_of(const alerts::RuleConfig& rule) {
  return looks_at_pairs(rule) ? detectors::Side::pairs : detectors::Side::predictions;
}

}  // namespace

bool looks_at_traffic(const alerts::RuleConfig& rule) {
  return rule.source() == alerts::RuleConfig::Source::metric &&
         detectors::traffic_metric_of(rule.metric).has_value();
}

bool looks_at_pairs(const alerts::RuleConfig& rule) {
  if (looks_at_traffic(rule)) return false;
  using Source = alerts::RuleConfig::Source;
  const Source source = rule.source();
  return source == Source::metric || source == Source::new_labels || rule.column == "loss" ||
         rule.column == "label";
}

void Judge::judge_rules(Version& version, std::int64_t slot, detectors::Side side, const Drifts& drifts,
                        std::int64_t new_labels) {
  using Source = alerts::RuleConfig::Source;
  const Time end = slot_end(slot, slot_length());
  for (const alerts::RuleConfig& rule : version.model->config->rules) {
    if (looks_at_traffic(rule) || looks_at_pairs(rule) != (side == detectors::Side::pairs)) continue;
    alerts::RuleState& state = version.rules[rule.name];
    alerts::Observation seen;
    alerts::RuleChange change = alerts::RuleChange::none;
    switch (rule.source()) {
      case Source::detector:
        change = state.occurred(drifts.contains({rule.column, rule.detector}));
        break;
      case Source::new_labels:
        change = state.labels_came(rule, new_labels);
        seen.n = new_labels;
        break;
      default:
        seen = observe(version, rule);
        change = state.judge(rule, end, seen);
    }
    apply_rule(version, rule, change, seen, end);
  }
}

// Also while the reference is learnt, and where every request failed.
void Judge::judge_traffic(Version& version, std::int64_t slot, detectors::Traffic traffic) {
  version.traffic.push(slot, std::move(traffic));
  version.changed = true;
  const Time end = slot_end(slot, slot_length());
  for (const alerts::RuleConfig& rule : version.model->config->rules) {
    if (!looks_at_traffic(rule)) continue;
    const detectors::TrafficMetric metric = *detectors::traffic_metric_of(rule.metric);
    const detectors::TrafficValue value = detectors::value_of(version.traffic.total(), metric);
    // A volume is no less known for being small.
    const bool counts = metric == detectors::TrafficMetric::volume;
    const alerts::Observation seen{value.value, counts ? std::max(value.n, rule.at_least) : value.n};
    apply_rule(version, rule, version.rules[rule.name].judge(rule, end, seen), seen, end);
  }
}

alerts::Observation Judge::observe(Version& version, const alerts::RuleConfig& rule) const {
  alerts::Observation seen;
  if (rule.source() == alerts::RuleConfig::Source::metric) {
    const std::uint32_t segment = segment_number(version, rule.segment);
    if (segment >= version.state.size() || !version.state[segment].performance) return seen;
    const detectors::PairTally& joined = version.state[segment].performance->total();
    seen.n = joined.pairs();
    const auto values = joined.metrics();
    if (const auto* value = detectors::find(values, *detectors::metric_of(rule.metric)))
      seen.value = value->value;
    return seen;
  }
  const auto view = column_view(version, rule.column, rule.segment);
  if (!view) return seen;
  const detectors::Missing missing = detectors::missing_of(*view->column, view->counts);
  const detectors::Statistic statistic = *detectors::statistic_of(rule.statistic);
  // Of a column that died there are rows, no values.
  const bool of_rows = statistic == detectors::Statistic::missing_delta;
  seen.n = of_rows ? missing.events : missing.events - missing.missing;
  const auto values = detectors::binned_statistics(*view->column, view->counts, detectors::bit(statistic));
  if (const auto* value = detectors::find(values, statistic)) seen.value = value->value;
  return seen;
}

void Judge::apply_rule(Version& version, const alerts::RuleConfig& rule, alerts::RuleChange change,
                       const alerts::Observation& seen, Time slot_end) {
  using alerts::RuleChange;
  if (change == RuleChange::none) return;
  const alerts::IncidentKey key{version.model->name, version.name, alerts::IncidentKind::rule, rule.name};
  if (change == RuleChange::closed || change == RuleChange::reopened) parts_.desk->close(key, slot_end);
  if (change == RuleChange::closed) return;
  alerts::Findings findings = alerts::findings_of(rule, seen);
  fill_in(version, rule, slot_of(slot_end - 1, slot_length()), findings);
  parts_.desk->open(key, version.reference_digest(side_of(rule)), findings, slot_end);
}

void Judge::fill_in(const Version& version, const alerts::RuleConfig& rule, std::int64_t slot,
                    alerts::Findings& findings) const {
  findings.metadata = version.lineage_at(slot);
  // Performance is known on the feedback clock; how far that is when a slot of predictions closes is no
  // property of the stream.
  if (looks_at_pairs(rule)) {
    findings.performance = performance_changes(version);
    findings.coverage = coverage_of(version, slot_end(slot, slot_length()));
  }
  if (rule.column.empty()) return;
  alerts::ColumnFinding finding{rule.column, rule.segment, {}, {}};
  if (const auto view = column_view(version, rule.column, rule.segment))
    for (const detectors::StatisticValue& value : detectors::binned_statistics(*view->column, view->counts))
      finding.statistics.emplace_back(detectors::name_of(value.statistic), value.value);
  findings.columns.push_back(std::move(finding));
}

}  // namespace driftd::app
