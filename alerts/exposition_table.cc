#include "alerts/exposition_table.h"

namespace driftd::alerts {
namespace {

using enum MetricType;
using Id = MetricId;

const std::vector<MetricSpec>& table() {
  static const std::vector<MetricSpec> kTable = {
      {Id::build_info,
       "driftd_build_info",
       gauge,
       "A constant 1 with the release and commit of this driftd.",
       {"version", "revision"}},
      {Id::events, "driftd_events_total", counter, "Records decoded and accepted.", {"topic", "event"}, true},
      {Id::events_rejected,
       "driftd_events_rejected_total",
       counter,
       "Records that could not be taken as events, by reason; reason empty is a record without a value.",
       {"topic", "reason"},
       true},
      {Id::events_late,
       "driftd_events_late_total",
       counter,
       "Predictions behind their partition's watermark or of a closed slot; they correct the history.",
       {"model"},
       true},
      {Id::events_duplicate,
       "driftd_events_duplicate_total",
       counter,
       "Repeated prediction ids, and feedback equal to what is known.",
       {"model"},
       true},
      {Id::consumer_lag,
       "driftd_consumer_lag",
       gauge,
       "Records between the next offset to process and the last stable offset; absent while unknown.",
       {"topic", "partition"}},
      {Id::dead_letters,
       "driftd_dead_letters_total",
       counter,
       "Records sent to the dead-letter topic.",
       {"topic"}},
      {Id::slots_closed,
       "driftd_slots_closed_total",
       counter,
       "Slots that were closed and not empty.",
       {"model"},
       true},
      {Id::join_pending, "driftd_join_pending", gauge, "Predictions that wait for their label.", {"model"}},
      {Id::watermark_timestamp,
       "driftd_watermark_timestamp_seconds",
       gauge,
       "Event time up to which slots are closed, by clock.",
       {"clock"}},
      {Id::predictions,
       "driftd_predictions_total",
       counter,
       "Predictions accepted, duplicates left out; late ones and those used for learning are included.",
       {"model", "version"},
       true},
      {Id::feedback, "driftd_feedback_total", counter, "Feedback records accepted.", {"model"}, true},
      {Id::feedback_unmatched,
       "driftd_feedback_unmatched_total",
       counter,
       "Feedback that expired without its prediction.",
       {"model"},
       true},
      {Id::join_evicted,
       "driftd_join_evicted_total",
       counter,
       "Waiting predictions that left early because of join.max_waiting.",
       {"model"},
       true},
      {Id::join_matched,
       "driftd_join_matched_total",
       counter,
       "Predictions that got their label.",
       {"model", "version"},
       true},
      {Id::join_expired,
       "driftd_join_expired_total",
       counter,
       "Predictions whose label did not come within label_horizon.",
       {"model", "version"},
       true},
      {Id::feedback_delay,
       "driftd_feedback_delay_seconds",
       histogram,
       "Event time from a prediction to its feedback.",
       {"model", "version"},
       true},
      {Id::prediction_latency,
       "driftd_prediction_latency_seconds",
       histogram,
       "Latency of predictions as their events tell it.",
       {"model", "version"},
       true},
      {Id::drift_statistic,
       "driftd_drift_statistic",
       gauge,
       "Distance between the window and the reference, by statistic.",
       {"model", "version", "segment", "column", "statistic"}},
      {Id::model_info,
       "driftd_model_info",
       gauge,
       "A constant 1 with the task and the reference's digest.",
       {"model", "version", "task", "reference"}},
      {Id::errors,
       "driftd_errors_total",
       counter,
       "Requests that the model failed to answer.",
       {"model", "version"},
       true},
      {Id::series_dropped,
       "driftd_series_dropped",
       gauge,
       "Series left out of this page because of metrics.max_series.",
       {"metric"}},
      {Id::segments_refused,
       "driftd_segments_refused_total",
       counter,
       "Predictions that are not counted in a segment of theirs: the version has 1000 others.",
       {"model", "version"},
       true},
      {Id::column_missing_ratio,
       "driftd_column_missing_ratio",
       gauge,
       "Share of missing values in the window, null and absent ones.",
       {"model", "version", "segment", "column"}},
      {Id::schema_faults,
       "driftd_schema_faults_total",
       counter,
       "Values that contradict the reference: missing_column, type_change, unknown_category.",
       {"model", "version", "column", "fault"},
       true},
      {Id::detector_drifts,
       "driftd_detector_drifts_total",
       counter,
       "Drifts that an order-dependent detector signalled.",
       {"model", "version", "column", "detector"},
       true},
      {Id::performance,
       "driftd_performance",
       gauge,
       "Performance over the window, from joined feedback.",
       {"model", "version", "segment", "metric"}},
      {Id::performance_reference,
       "driftd_performance_reference",
       gauge,
       "Performance on the reference.",
       {"model", "version", "segment", "metric"}},
      {Id::incident_active,
       "driftd_incident_active",
       gauge,
       "1 while an incident is open, 0 for a day after it was closed.",
       {"model", "version", "kind", "severity"}},
      {Id::incidents,
       "driftd_incidents_total",
       counter,
       "Incidents opened.",
       {"model", "version", "kind", "severity"},
       true},
      {Id::webhook_attempts,
       "driftd_webhook_attempts_total",
       counter,
       "Calls of a webhook, repeated ones included.",
       {"webhook"}},
      {Id::webhook_failures,
       "driftd_webhook_failures_total",
       counter,
       "Calls of a webhook that failed, by reason.",
       {"webhook", "reason"}},
      {Id::webhook_deliveries,
       "driftd_webhook_deliveries_total",
       counter,
       "Alerts that a webhook accepted.",
       {"webhook"}},
      {Id::webhook_abandoned,
       "driftd_webhook_abandoned_total",
       counter,
       "Alerts that were given up, or dropped by a cool-down.",
       {"webhook"}},
      {Id::webhook_last_success_timestamp,
       "driftd_webhook_last_success_timestamp_seconds",
       gauge,
       "Wall time of the last accepted call.",
       {"webhook"}},
      {Id::webhook_pending, "driftd_webhook_pending", gauge, "Alerts that wait to be accepted.", {"webhook"}},
      {Id::checkpoint_duration,
       "driftd_checkpoint_duration_seconds",
       histogram,
       "Wall time that a checkpoint took, fsync included.",
       {}},
      {Id::last_checkpoint_timestamp,
       "driftd_last_checkpoint_timestamp_seconds",
       gauge,
       "Wall time of the last checkpoint that succeeded.",
       {}},
      {Id::config_last_reload_successful,
       "driftd_config_last_reload_successful",
       gauge,
       "1 if the last reading of the configuration succeeded, else 0.",
       {}},
      {Id::config_last_reload_success_timestamp,
       "driftd_config_last_reload_success_timestamp_seconds",
       gauge,
       "Wall time of the last successful reading of the configuration.",
       {}},
      {Id::process_cpu, "process_cpu_seconds_total", counter, "Processor time used, user and system.", {}},
      {Id::process_resident_memory, "process_resident_memory_bytes", gauge, "Resident memory.", {}},
      {Id::process_virtual_memory, "process_virtual_memory_bytes", gauge, "Virtual memory.", {}},
      {Id::process_open_fds, "process_open_fds", gauge, "Open file descriptors.", {}},
      {Id::process_max_fds, "process_max_fds", gauge, "Limit of open file descriptors.", {}},
      {Id::process_start_time,
       "process_start_time_seconds",
       gauge,
       "Wall time at which the process began.",
       {}},
      {Id::process_threads, "process_threads", gauge, "Threads of the process.", {}},
  };
  return kTable;
}

std::string labels_of(const MetricSpec& metric) {
  std::string text;
  for (const std::string& label : metric.labels) text += (text.empty() ? "`" : ", `") + label + "`";
  return text;
}

}  // namespace

std::string_view name_of(MetricType type) {
  switch (type) {
    case counter:
      return "counter";
    case gauge:
      return "gauge";
    case histogram:
      return "histogram";
  }
  return "untyped";
}

const MetricSpec& spec(MetricId id) { return table()[static_cast<std::size_t>(id)]; }
std::span<const MetricSpec> all_metrics() { return table(); }

std::string metrics_page() {
  std::string page =
      "# Metrics\n\n"
      "Served at `/metrics` in the text format 0.0.4. This page is generated from "
      "`alerts/exposition_table.cc`.\n\n"
      "`segment` is empty for the whole model, else `country=DE`. `column` of the prediction is "
      "`prediction`, of its\n"
      "score `score`, of the loss `loss`. A gauge without a value is absent, not NaN. Counters marked *kept* "
      "are part\n"
      "of the state and go on counting after a restart; the others begin at 0 with the process.\n\n"
      "| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  for (const MetricSpec& metric : table()) {
    page.append("| `").append(metric.name).append("` | ").append(name_of(metric.type));
    if (metric.state) page += ", *kept*";
    page.append(" | ").append(labels_of(metric)).append(" | ").append(metric.help).append(" |\n");
  }
  return page;
}

}  // namespace driftd::alerts
