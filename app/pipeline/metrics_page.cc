#include "app/pipeline/metrics_page.h"

#include <algorithm>
#include <array>
#include <map>

#include "app/pipeline/comparison_findings.h"
#include "app/pipeline/estimates.h"
#include "app/pipeline/evidence_figures.h"
#include "app/pipeline/metric_families.h"
#include "app/pipeline/metrics_retraining.h"
#include "app/version.h"
#include "detectors/statistics/binned.h"

namespace driftd::app {

namespace {

using alerts::MetricId;

constexpr Duration kShownFor = 7 * kDay;

template <std::size_t N>
alerts::HistogramValue histogram(const DurationHistogram<N>& durations, const std::array<double, N>& bounds) {
  return {
      {bounds.begin(), bounds.end()}, {durations.counts.begin(), durations.counts.end()}, durations.sum()};
}

void add_collector(Engine& engine, MetricFamilies& families) {
  auto& state = engine.state();
  constexpr std::array kEvents = {"prediction", "feedback", "model"};
  for (const auto& [topic, counters] : state.topics) {
    for (std::size_t kind = 0; kind < kEventKinds; ++kind)
      families[MetricId::events].add({topic, kEvents[kind]}, number(counters.events[kind]));
    for (std::size_t reason = 0; reason < kRejectionCount; ++reason)
      families[MetricId::events_rejected].add({topic, name_of(static_cast<Rejection>(reason))},
                                              number(counters.rejected[reason]));
    const auto& letters = engine.dead_letters().delivered();
    const auto sent = letters.find(topic);
    families[MetricId::dead_letters].add({topic}, sent == letters.end() ? 0 : number(sent->second));
  }
  families[MetricId::dead_letters_pending].add({}, static_cast<double>(engine.dead_letters().pending()));
  const auto& partitions = engine.source().partitions();
  for (std::uint32_t i = 0; i < partitions.size(); ++i) {
    const collector::PartitionEnd end = engine.source().end_of(i);
    const std::string number = std::to_string(partitions[i].partition);
    if (const auto lag = end.lag())
      families[MetricId::consumer_lag].add({partitions[i].topic, number}, static_cast<double>(*lag));
    families[MetricId::offsets_lost].add({partitions[i].topic, number}, static_cast<double>(end.lost));
  }
  const auto clock = [&](const char* name, Time time) {
    if (time != kNoTime) families[MetricId::watermark_timestamp].add({name}, seconds(time));
  };
  clock("prediction", state.clocks.prediction_clock());
  clock("feedback", state.clocks.feedback_clock());
}

void add_models(Engine& engine, MetricFamilies& families) {
  auto& state = engine.state();
  std::map<std::uint32_t, std::size_t> pending;
  std::size_t memory = 0;
  for (const collector::IdShard& shard : state.shards) {
    memory += shard.bytes();
    for (const auto& [model, count] : shard.pending()) pending[model] += count;
  }
  families[MetricId::join_memory].add({}, static_cast<double>(memory));
  for (const Model* model : state.registry.models_by_name()) {
    const ModelCounters& counters = model->counters;
    families[MetricId::events_late].add({model->name}, number(counters.late));
    families[MetricId::events_duplicate].add({model->name}, number(counters.duplicates));
    families[MetricId::slots_closed].add({model->name}, number(counters.slots_closed));
    families[MetricId::feedback].add({model->name}, number(counters.feedback));
    families[MetricId::feedback_unmatched].add({model->name}, number(counters.unmatched));
    families[MetricId::join_evicted].add({model->name}, number(counters.evicted));
    families[MetricId::join_pending].add({model->name}, number(pending[model->number]));
  }
}

void add_version(const Version& version, MetricFamilies& families) {
  const std::string& model = version.model->name;
  const VersionCounters& counters = version.counters;
  families[MetricId::predictions].add({model, version.name}, number(counters.predictions));
  families[MetricId::errors].add({model, version.name}, number(counters.errors));
  families[MetricId::segments_refused].add({model, version.name}, number(counters.without_segment));
  families[MetricId::join_matched].add({model, version.name}, number(counters.matched));
  families[MetricId::join_expired].add({model, version.name}, number(counters.expired));
  families[MetricId::prediction_latency].add({model, version.name},
                                             histogram(counters.latency, kLatencyBounds));
  families[MetricId::feedback_delay].add({model, version.name}, histogram(counters.delay, kDelayBounds));
  const std::string task(version.task ? detectors::name_of(version.task->task) : "");
  const auto said = lineage_labels(version.lineage.empty() ? "{}" : version.lineage.rbegin()->second);
  families[MetricId::model_info].add(
      {model, version.name, task, version.reference_digest(), said[0], said[1], said[2], said[3], said[4]},
      1);
  if (version.plan)
    for (const detectors::ColumnProfile* column : version.plan->columns) {
      if (column->role != detectors::Role::feature) continue;
      const auto counted = counters.faults.find(column->name);
      for (const alerts::SchemaFault fault : alerts::kSchemaFaults)
        families[MetricId::schema_faults].add(
            {model, version.name, column->name, alerts::name_of(fault)},
            counted == counters.faults.end() ? 0 : number(counted->second[static_cast<std::size_t>(fault)]));
    }
  for (const RunningDetector& running : version.detectors) {
    const auto counted = counters.detector_drifts.find({running.column, running.kind});
    families[MetricId::detector_drifts].add(
        {model, version.name, running.column, running.kind},
        counted == counters.detector_drifts.end() ? 0 : number(counted->second));
  }
}

// Statistic and segment series, bounded in all by metrics.max_series in a fixed order (DESIGN 7.12).
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

void add_budget(Engine& engine, MetricFamilies& families) {
  const ClosedSlots closed = closed_slots(engine.state().clocks, engine.state().config->slot);
  for (const Model* model : engine.state().registry.models_by_name()) {
    Ledger sum;
    for (const auto& [name, version] : model->versions) {
      const Ledger one = ledger_of(*version, closed);
      sum.granted += one.granted;
      sum.spent += one.spent;
    }
    families[MetricId::budget_granted].add({model->name}, sum.granted);
    families[MetricId::budget_spent].add({model->name}, static_cast<double>(sum.spent));
  }
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

void add_series(Engine& engine, const std::vector<const Version*>& shown, MetricFamilies& families) {
  const MetricsConfig& config = engine.state().config->metrics;
  std::vector<detectors::Statistic> wanted;
  for (const std::string& name : config.statistics)
    if (const auto statistic = detectors::statistic_of(name)) wanted.push_back(*statistic);
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
  for (const Version* version : shown) {
    if (!config.segments) break;
    std::vector<std::uint32_t> numbers;
    for (std::uint32_t i = 1; i < version->state.size() && i < version->segments.labels().size(); ++i)
      numbers.push_back(i);
    std::sort(numbers.begin(), numbers.end(), [&](std::uint32_t a, std::uint32_t b) {
      return version->segments.labels()[a] < version->segments.labels()[b];
    });
    for (const std::uint32_t i : numbers) {
      add_segment(*version, i, wanted, budget, families);
      add_estimate(*version, estimators.at(version), i, budget, families);
    }
  }
  for (const Version* version : shown)
    if (version->pairs)
      for (const detectors::MetricValue& value : version->pairs->profile.performance.metrics())
        families[MetricId::performance_reference].add(
            {version->model->name, version->name, "", detectors::name_of(value.metric)}, value.value);
  for (const MetricId metric :
       {MetricId::drift_statistic, MetricId::column_missing_ratio, MetricId::column_evidence,
        MetricId::performance, MetricId::performance_estimated})
    families[MetricId::series_dropped].add({alerts::spec(metric).name},
                                           static_cast<double>(budget.dropped(metric)));
  budget.tell(engine.state().limits);
}

// From 0 on: who counts the increase must not miss the first.
std::map<alerts::IncidentBook::Series, std::uint64_t> incident_totals(
    Engine& engine, const std::vector<const Version*>& shown) {
  using alerts::IncidentKind;
  constexpr std::array kKinds = {IncidentKind::data,        IncidentKind::covariate,
                                 IncidentKind::prediction,  IncidentKind::concept_drift,
                                 IncidentKind::performance, IncidentKind::schema,
                                 IncidentKind::labels,      IncidentKind::rule};
  const auto& counted = engine.state().desk.book.totals();
  std::map<alerts::IncidentBook::Series, std::uint64_t> totals(counted.begin(), counted.end());
  for (const Version* version : shown)
    for (const IncidentKind kind : kKinds)
      for (const alerts::Severity severity : {alerts::Severity::warning, alerts::Severity::critical})
        totals.try_emplace({version->model->name, version->name, kind, severity}, 0);
  declare_comparison_incidents(engine, totals);
  return totals;
}

void add_alerts(Engine& engine, const std::vector<const Version*>& shown, MetricFamilies& families) {
  auto& desk = engine.state().desk;
  const auto add = [&](MetricId id, const alerts::IncidentBook::Series& series, double value) {
    families[id].add(
        {series.model, series.version, alerts::name_of(series.kind), alerts::name_of(series.severity)},
        value);
  };
  for (const auto& [series, active] : desk.book.active(engine.state().clocks.prediction_clock()))
    add(MetricId::incident_active, series, active);
  for (const auto& [series, total] : incident_totals(engine, shown))
    add(MetricId::incidents, series, number(total));
  add_retrainings(desk, families);
  for (const alerts::WebhookConfig& webhook : engine.state().config->alerts.webhooks) {
    const auto found = desk.outbox.counters().find(webhook.name);
    const alerts::WebhookCounters counters =
        found == desk.outbox.counters().end() ? alerts::WebhookCounters{} : found->second;
    families[MetricId::webhook_attempts].add({webhook.name}, number(counters.attempts));
    families[MetricId::webhook_deliveries].add({webhook.name}, number(counters.deliveries));
    families[MetricId::webhook_abandoned].add({webhook.name}, number(counters.abandoned));
    for (const auto& [reason, count] : counters.failures)
      families[MetricId::webhook_failures].add({webhook.name, reason}, number(count));
    if (counters.last_success)
      families[MetricId::webhook_last_success_timestamp].add({webhook.name}, seconds(*counters.last_success));
    families[MetricId::webhook_pending].add({webhook.name},
                                            static_cast<double>(desk.outbox.pending(webhook.name)));
  }
}

void add_digest(const Digests& digests, MetricFamilies& families) {
  if (!digests.newest()) return;
  families[MetricId::digest_discoveries].add({}, static_cast<double>(digests.newest()->discoveries));
  families[MetricId::digest_hypotheses].add({}, static_cast<double>(digests.newest()->hypotheses));
  families[MetricId::digest_last_timestamp].add({}, seconds(digests.newest()->notice.at));
}

void add_service(const ServiceFacts& facts, MetricFamilies& families) {
  families[MetricId::checkpoint_duration].add({}, histogram(facts.checkpoint_duration, kCheckpointBounds));
  families[MetricId::checkpoint_failures].add({}, static_cast<double>(facts.checkpoint_failures));
  if (facts.last_checkpoint)
    families[MetricId::last_checkpoint_timestamp].add({}, seconds(*facts.last_checkpoint));
  families[MetricId::config_last_reload_successful].add({}, facts.reload_succeeded ? 1 : 0);
  families[MetricId::config_last_reload_success_timestamp].add({}, seconds(facts.reloaded));
  families[MetricId::loop_stalls].add({}, number(facts.loop_stalls));
  families[MetricId::http_connections].add({}, number(facts.http.connections));
}

std::string expose_with_process(const MetricFamilies& families) {
  std::vector<alerts::MetricFamily> all = families.all();
  for (alerts::MetricFamily& family : alerts::process_metrics()) all.push_back(std::move(family));
  return alerts::expose(all);
}

}  // namespace

bool is_shown(const Version& version, Time prediction_clock, Duration slot_length) {
  if (version.retired) return false;
  if (!version.last_slot || prediction_clock == kNoTime) return true;
  return prediction_clock - slot_end(*version.last_slot, slot_length) < kShownFor;
}

std::string metrics_page(Engine& engine, const ServiceFacts* facts) {
  engine.advance_windows();
  MetricFamilies families;
  auto& state = engine.state();
  families[MetricId::build_info].add({version(), revision()}, 1);
  add_collector(engine, families);
  add_models(engine, families);
  add_budget(engine, families);
  std::vector<const Version*> shown;
  for (const Version* one : state.registry.versions_by_name())
    if (is_shown(*one, state.clocks.prediction_clock(), state.config->slot)) shown.push_back(one);
  for (const Version* one : shown) add_version(*one, families);
  add_series(engine, shown, families);
  add_alerts(engine, shown, families);
  add_comparisons(engine, families);
  add_digest(state.digests, families);
  for (const auto& [limit, times] : state.limits.totals())
    families[MetricId::limit_bites].add({limit}, number(times));
  if (facts == nullptr) return alerts::expose(families.all());
  add_service(*facts, families);
  return expose_with_process(families);
}

std::string service_metrics_page(const ServiceFacts& facts) {
  MetricFamilies families;
  families[MetricId::build_info].add({version(), revision()}, 1);
  add_service(facts, families);
  return expose_with_process(families);
}

}  // namespace driftd::app
