#include "app/pipeline/metrics_series.h"

#include <algorithm>
#include <map>

#include "app/pipeline/estimates.h"
#include "app/pipeline/evidence_figures.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

using alerts::MetricId;

namespace {

class SeriesBudget {
 public:
  explicit SeriesBudget(std::int64_t most) : left_(most) {}
  bool take(MetricId metric, const std::string& model) {
    if (left_ > 0) {
      --left_;
      return true;
    }
    if (dropped_.empty()) first_dropped_ = model;
    ++dropped_[metric];
    ++all_dropped_;
    return false;
  }
  [[nodiscard]] std::int64_t dropped(MetricId metric) const {
    const auto found = dropped_.find(metric);
    return found == dropped_.end() ? 0 : found->second;
  }
  void tell(LimitLog& limits) const { limits.set(Limit::series, all_dropped_, first_dropped_); }

 private:
  std::int64_t left_;
  std::map<MetricId, std::int64_t> dropped_;
  std::uint64_t all_dropped_ = 0;
  std::string first_dropped_;  // the model
};

// Derived columns come after all others of the whole model: there may be many, and they are the first to go.
enum class Columns : std::uint8_t { ordinary, derived };

void add_columns(const Version& version, const std::string& segment, const Plan& plan, Columns which,
                 const detectors::Tally& total, const std::vector<detectors::Statistic>& wanted,
                 SeriesBudget& budget, MetricFamilies& families) {
  const std::string& model = version.model->name;
  for (std::size_t i = 0; i < plan.columns.size(); ++i) {
    const detectors::ColumnProfile& column = *plan.columns[i];
    if ((column.role == detectors::Role::derived) != (which == Columns::derived)) continue;
    if (version.model->config->ignores(column.name)) continue;
    if (const auto ratio = detectors::missing_of(column, total.column(i)).ratio())
      if ((segment.empty() && which == Columns::ordinary) ||
          budget.take(MetricId::column_missing_ratio, model))
        families[MetricId::column_missing_ratio].add({model, version.name, segment, column.name}, *ratio);
    detectors::StatisticSet set = 0;
    for (const detectors::Statistic statistic : wanted) set |= detectors::bit(statistic);
    const auto values = detectors::binned_statistics(column, total.column(i), set);
    for (const detectors::Statistic statistic : wanted)
      if (const auto* value = detectors::find(values, statistic);
          value != nullptr && budget.take(MetricId::drift_statistic, model))
        families[MetricId::drift_statistic].add(
            {model, version.name, segment, column.name, detectors::name_of(statistic)}, value->value);
  }
}

void add_segment(const Version& version, std::uint32_t number,
                 const std::vector<detectors::Statistic>& wanted, SeriesBudget& budget,
                 MetricFamilies& families) {
  const std::string& segment = version.segments.labels()[number];
  const SegmentState& state = version.state[number];
  if (version.plan && state.rows)
    add_columns(version, segment, *version.plan, Columns::ordinary, state.rows->total(), wanted, budget,
                families);
  if (version.pairs && state.pairs)
    add_columns(version, segment, *version.pairs, Columns::ordinary, state.pairs->total(), wanted, budget,
                families);
  if (!state.performance) return;
  for (const detectors::MetricValue& value : state.performance->total().metrics())
    if (segment.empty() || budget.take(MetricId::performance, version.model->name))
      families[MetricId::performance].add(
          {version.model->name, version.name, segment, detectors::name_of(value.metric)}, value.value);
}

void add_derived(const Version& version, const std::vector<detectors::Statistic>& wanted,
                 SeriesBudget& budget, MetricFamilies& families) {
  if (version.state.empty() || !version.plan || !version.state[0].rows) return;
  add_columns(version, "", *version.plan, Columns::derived, version.state[0].rows->total(), wanted, budget,
              families);
}

void add_estimate(const Version& version, const Estimator& estimator, std::uint32_t number,
                  SeriesBudget& budget, MetricFamilies& families) {
  const std::string& segment = version.segments.labels()[number];
  for (const detectors::EstimatedValue& value : estimator.estimate(version.state[number]))
    if (segment.empty() || budget.take(MetricId::performance_estimated, version.model->name))
      families[MetricId::performance_estimated].add(
          {version.model->name, version.name, segment, detectors::name_of(value.metric)}, value.value);
}

void add_evidence(Engine& engine, const std::vector<const Version*>& shown, bool of_segments,
                  SeriesBudget& budget, MetricFamilies& families) {
  const ClosedSlots closed = closed_slots(engine.state().clocks, engine.state().config->slot);
  for (const Version* version : shown)
    for (const KindFigures& kind : evidence_figures(*version, closed)) {
      const std::string_view name = detectors::evidence::name_of(kind.kind);
      if (!of_segments)
        families[MetricId::drift_evidence].add({version->model->name, version->name, name}, kind.evidence);
      for (const auto& [series, amount] : kind.series)
        if (series.segment.empty() != of_segments &&
            budget.take(MetricId::column_evidence, version->model->name))
          families[MetricId::column_evidence].add(
              {version->model->name, version->name, series.segment, series.column}, amount);
    }
}

std::vector<detectors::Statistic> wanted_statistics(const MetricsConfig& config) {
  std::vector<detectors::Statistic> wanted;
  for (const std::string& name : config.statistics)
    if (const auto statistic = detectors::statistic_of(name)) wanted.push_back(*statistic);
  return wanted;
}

std::vector<std::uint32_t> segments_by_label(const Version& version) {
  const auto& labels = version.segments.labels();
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 1; i < version.state.size() && i < labels.size(); ++i) numbers.push_back(i);
  std::sort(numbers.begin(), numbers.end(),
            [&](std::uint32_t a, std::uint32_t b) { return labels[a] < labels[b]; });
  return numbers;
}

void add_performance_reference(const Version& version, MetricFamilies& families) {
  if (!version.pairs) return;
  for (const detectors::MetricValue& value : version.pairs->profile.performance.metrics())
    families[MetricId::performance_reference].add(
        {version.model->name, version.name, "", detectors::name_of(value.metric)}, value.value);
}

}  // namespace

void add_series(Engine& engine, const std::vector<const Version*>& shown, MetricFamilies& families) {
  const MetricsConfig& config = engine.state().config->metrics;
  const auto wanted = wanted_statistics(config);
  SeriesBudget budget(config.max_series);
  std::map<const Version*, Estimator> estimators;
  for (const Version* version : shown) {
    if (version->state.empty()) continue;
    const auto& estimator = estimators.try_emplace(version, *version, engine.state().desk.book).first->second;
    add_segment(*version, 0, wanted, budget, families);
    add_estimate(*version, estimator, 0, budget, families);
    for (const EstimateError& error : estimator.errors())
      families[MetricId::performance_estimate_error].add(
          {version->model->name, version->name, detectors::name_of(error.metric)},
          error.estimated - error.realised);
  }
  add_evidence(engine, shown, false, budget, families);
  for (const Version* version : shown) add_derived(*version, wanted, budget, families);
  if (config.segments) add_evidence(engine, shown, true, budget, families);
  for (const Version* version : shown)
    if (config.segments)
      for (const std::uint32_t i : segments_by_label(*version)) {
        add_segment(*version, i, wanted, budget, families);
        add_estimate(*version, estimators.at(version), i, budget, families);
      }
  for (const Version* version : shown) add_performance_reference(*version, families);
  for (const MetricId metric :
       {MetricId::drift_statistic, MetricId::column_missing_ratio, MetricId::column_evidence,
        MetricId::performance, MetricId::performance_estimated})
    families[MetricId::series_dropped].add({alerts::spec(metric).name},
                                           static_cast<double>(budget.dropped(metric)));
  budget.tell(engine.state().limits);
}

}  // namespace driftd::app
