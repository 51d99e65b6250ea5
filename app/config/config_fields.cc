#include <set>

#include "app/config/fields.h"

namespace driftd::app {
namespace {

const Fields<StorageConfig>& fields_of_storage() {
  static const Fields<StorageConfig> table =
      Fields<StorageConfig>()
          .text("path", &StorageConfig::path, "directory of state, history and outbox")
          .duration("retention", &StorageConfig::retention, {kHour, 36600 * kDay}, "how long history is kept")
          .duration("checkpoint_every", &StorageConfig::checkpoint_every, {kMillisecond, kHour},
                    "wall time between two checkpoints");
  return table;
}

const Fields<LogConfig>& fields_of_log() {
  static const Fields<LogConfig> table =
      Fields<LogConfig>()
          .choice("level", &LogConfig::level,
                  {{"debug", LogLevel::debug},
                   {"info", LogLevel::info},
                   {"warn", LogLevel::warn},
                   {"error", LogLevel::error}},
                  "the least that is told")
          .choice("format", &LogConfig::format, {{"logfmt", LogFormat::logfmt}, {"json", LogFormat::json}},
                  "on standard error: ts level msg …");
  return table;
}

const Fields<JoinConfig>& fields_of_join() {
  static const Fields<JoinConfig> table =
      Fields<JoinConfig>()
          .integer("max_waiting", &JoinConfig::max_waiting, {1, 10'000'000'000}, "predictions",
                   "how many may wait for feedback; the oldest leave first")
          .size("max_memory", &JoinConfig::max_memory, {1 << 20, std::int64_t{1} << 40},
                "what they may take together, by the bytes that are kept of each; the oldest leave first");
  return table;
}

const Fields<MetricsConfig>& fields_of_metrics() {
  static const Fields<MetricsConfig> table =
      Fields<MetricsConfig>()
          .list("statistics", &MetricsConfig::statistics, statistic_type(),
                "which are exported; `driftd compare --help` says what each is")
          .flag("segments", &MetricsConfig::segments, "whether segments are exported too")
          .integer("max_series", &MetricsConfig::max_series, {0, 100'000'000}, "series",
                   "beyond: left out in a fixed order, and counted");
  return table;
}

const Fields<LimitsConfig>& fields_of_limits() {
  static const Fields<LimitsConfig> table =
      Fields<LimitsConfig>()
          .integer("max_models", &LimitsConfig::max_models, {1, 1'000'000}, "models",
                   "of which events are read")
          .integer("max_versions", &LimitsConfig::max_versions, {1, 1'000'000}, "versions",
                   "of one model, over all time; events of further ones are rejected as `too_many_models`")
          .integer("max_columns", &LimitsConfig::max_columns, {1, 1'000'000}, "columns",
                   "of one event, and of all events of one version while it learns its reference; those that "
                   "show more are rejected")
          .size("max_record", &LimitsConfig::max_record, {64, 1 << 30}, "the largest record that is decoded")
          .size(
              "max_text", &LimitsConfig::max_text, {64, 1 << 20},
              "the longest name of a model, version, variant or feature and the longest id, events with "
              "longer ones are rejected as `too_large`, as are model events with 64 times that of metadata; "
              "of longer categories and labels the beginning counts and a hash")
          .integer("max_unbinned", &LimitsConfig::max_unbinned, {1000, 100'000'000'000}, "values",
                   "of predictions that wait for a reference to be learnt while other partitions are behind; "
                   "beyond, the partitions that are ahead are paused")
          .size("max_profile", &LimitsConfig::max_profile, {64 * 1024, 1 << 30},
                "the largest profile that is taken over HTTP as a reference, and the largest body of any "
                "request; read at the start");
  return table;
}

void check_webhook_names(const AlertsConfig& alerts, const Node& node, const std::string& path,
                         Faults& faults) {
  const Node* webhooks = node.find("webhooks");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < alerts.webhooks.size(); ++i) {
    const std::string& name = alerts.webhooks[i].name;
    if (name.empty() || seen.insert(name).second) continue;
    add_fault(faults, webhooks->items[i], join_path(item_path(join_path(path, "webhooks"), i), "name"),
              "the webhook " + name + " stands twice");
  }
}

const Fields<AlertsConfig>& fields_of_alerts() {
  static const Fields<AlertsConfig> table =
      Fields<AlertsConfig>()
          .list("allowed_hosts", &AlertsConfig::allowed_hosts, host_pattern_type(),
                "the only hosts that webhooks, their `oauth2.token_url` and their proxies may have: names, "
                "`*.example`, addresses, ranges such as 10.0.0.0/8")
          .shown_default("any host")
          .list("mute", &AlertsConfig::mute, object_of(alerts::fields_of_mute_window()),
                "incidents open muted, nothing is sent")
          .list("webhooks", &AlertsConfig::webhooks, object_of(alerts::fields_of_webhook()), "who is told")
          .add("digest", &AlertsConfig::digest, object_of(fields_of_digest()),
               "at scheduled times: which models moved, with few false ones among them (docs/digest.md)")
          .integer("max_pending", &AlertsConfig::max_pending, {1, 1'000'000}, "deliveries",
                   "how many may wait for one webhook; beyond, the oldest are abandoned")
          .integer("max_closed", &AlertsConfig::max_closed, {1, 1'000'000}, "incidents",
                   "how many closed ones are kept within storage.retention; beyond, the oldest are forgotten")
          .check(check_webhook_names);
  return table;
}

Fields<Config> time_fields() {
  constexpr Duration kLongest = 3660 * kDay;
  return Fields<Config>()
      .duration("slot", &Config::slot, {kMillisecond, 366 * kDay},
                "the stretch of event time that is counted together")
      .duration("lateness", &Config::lateness, {0, kLongest},
                "how far events of one partition may be out of order")
      .duration("idle_after", &Config::idle_after, {kMillisecond, kLongest},
                "wall time after which a partition that has been read to its end holds up nothing")
      .duration("max_skew", &Config::max_skew, {kMillisecond, kLongest},
                "how far partitions may drift apart; at least two slots")
      .shown_default("the larger of 1h and two slots")
      .duration("max_ahead", &Config::max_ahead, {0, kLongest},
                "an event further in the future than its record's timestamp is rejected")
      .duration("dedupe", &Config::dedupe, {0, kLongest},
                "predictions with one id within this time are copies");
}

}  // namespace

const Fields<Config>& fields_of_config() {
  static const Fields<Config> table =
      Fields<Config>()
          .object("kafka", &Config::kafka, fields_of_kafka(), "")
          .required()
          .object("storage", &Config::storage, fields_of_storage(), "")
          .object("http", &Config::http, fields_of_http(), "")
          .object("service", &Config::service, fields_of_service(), "")
          .object("log", &Config::log, fields_of_log(), "")
          .append(time_fields())
          .object("join", &Config::join, fields_of_join(), "")
          .object("metrics", &Config::metrics, fields_of_metrics(), "")
          .object("limits", &Config::limits, fields_of_limits(), "")
          .integer("threads", &Config::threads, {1, 64}, "threads", "that decode, count and judge")
          .shown_default("the number of cores")
          .choice("unknown_models", &Config::unknown_models,
                  {{"learn", UnknownModels::learn},
                   {"ignore", UnknownModels::ignore},
                   {"reject", UnknownModels::reject}},
                  "what a model without an entry gets")
          .add("models", &Config::models, models_type(), "what `models.default` says, every model inherits")
          .object("alerts", &Config::alerts, fields_of_alerts(), "");
  return table;
}

}  // namespace driftd::app
