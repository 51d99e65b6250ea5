#include "app/pipeline/metrics_page.h"

#include <algorithm>
#include <array>
#include <map>

#include "app/pipeline/comparison_findings.h"
#include "app/pipeline/evidence_figures.h"
#include "app/pipeline/metric_families.h"
#include "app/pipeline/metrics_retraining.h"
#include "app/pipeline/metrics_series.h"
#include "app/version.h"

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
    families[MetricId::rewinds].add({partitions[i].topic, number}, static_cast<double>(end.rewinds));
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
