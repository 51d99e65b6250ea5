// Every metric that driftd exposes, declared once: name, type, help and labels (DESIGN 4, Metrics).
// The families served at /metrics and docs/metrics.md are both made from this table, so they cannot
// diverge. Constant data; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::alerts {

enum class MetricType : std::uint8_t { counter, gauge, histogram };
std::string_view name_of(MetricType type);

// In the order of the table (DESIGN 4).
enum class MetricId : std::uint8_t {
  build_info,
  events,
  events_rejected,
  events_late,
  events_duplicate,
  consumer_lag,
  offsets_lost,
  rewinds,
  dead_letters,
  slots_closed,
  join_pending,
  watermark_timestamp,
  predictions,
  feedback,
  feedback_unmatched,
  join_evicted,
  join_matched,
  join_expired,
  feedback_delay,
  prediction_latency,
  drift_statistic,
  model_info,
  errors,
  series_dropped,
  segments_refused,
  column_missing_ratio,
  schema_faults,
  drift_evidence,
  column_evidence,
  detector_drifts,
  performance,
  performance_reference,
  performance_estimated,
  performance_estimate_error,
  comparison_difference,
  comparison_lower,
  comparison_upper,
  comparison_verdict,
  comparison_pairs,
  incident_active,
  incidents,
  retraining_state,
  retrainings,
  budget_granted,
  budget_spent,
  digest_discoveries,
  digest_hypotheses,
  digest_last_timestamp,
  webhook_attempts,
  webhook_failures,
  webhook_deliveries,
  webhook_abandoned,
  webhook_last_success_timestamp,
  webhook_pending,
  checkpoint_duration,
  checkpoint_failures,
  last_checkpoint_timestamp,
  config_last_reload_successful,
  config_last_reload_success_timestamp,
  loop_stalls,
  http_connections,
  limit_bites,
  dead_letters_pending,
  join_memory,
  process_cpu,
  process_resident_memory,
  process_virtual_memory,
  process_open_fds,
  process_max_fds,
  process_start_time,
  process_threads,
};
inline constexpr std::size_t kMetricCount = 71;

struct MetricSpec {
  MetricId id;
  const char* name;  // the whole name, `_total` included
  MetricType type;
  const char* help;
  std::vector<std::string> labels;
  bool state = false;                        // a counter that survives a restart (DESIGN 7.9)
  std::vector<std::string> where_said = {};  // further labels, each left out where its value is empty
};

const MetricSpec& spec(MetricId id);
std::span<const MetricSpec> all_metrics();

// docs/metrics.md.
std::string metrics_page();

}  // namespace driftd::alerts
