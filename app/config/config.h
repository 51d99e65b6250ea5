// The whole configuration (DESIGN 4) as values. Defaults are those of the design; app/config/load.h
// reads a file into it, app/config/fields.h declares its keys.
//
// Durations are event time save `idle_after` and `storage.checkpoint_every`, which are wall time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alerts/mute.h"
#include "alerts/webhook_config.h"
#include "app/config/digest_config.h"
#include "app/config/http_config.h"
#include "app/config/model_config.h"
#include "app/log.h"
#include "collector/kafka_source.h"
#include "core/secret.h"
#include "core/time.h"

namespace driftd::app {

enum class TopicFormat : std::uint8_t { automatic };  // other formats are not there yet

struct TopicConfig {
  std::string name;
  TopicFormat format = TopicFormat::automatic;
  friend bool operator==(const TopicConfig&, const TopicConfig&) = default;
};

struct TopicsConfig {  // one topic may stand in several lists
  std::vector<TopicConfig> predictions, feedback, models;
};

struct KafkaConfig {
  std::vector<std::string> brokers;
  std::string group = "driftd";
  TopicsConfig topics;
  std::string dead_letter_topic = "driftd.dead-letters";
  std::variant<collector::StartPosition, Time> start = collector::StartPosition::latest;
  std::map<std::string, std::string> properties;  // of librdkafka; may hold secrets: never print it
};

struct StorageConfig {
  std::string path = "./driftd-data";
  Duration retention = 90 * kDay;
  Duration checkpoint_every = 10 * kSecond;
};

struct LogConfig {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::logfmt;
};

struct JoinConfig {
  std::int64_t max_waiting = 10'000'000;
  std::int64_t max_memory = std::int64_t{4} << 30;  // bytes
};

struct MetricsConfig {
  std::vector<std::string> statistics = {"psi", "ks", "wasserstein_normed", "jensen_shannon"};
  bool segments = true;
  std::int64_t max_series = 20'000;
};

struct LimitsConfig {
  std::int64_t max_models = 1000;
  std::int64_t max_versions = 1000;
  std::int64_t max_columns = 2000;
  std::int64_t max_record = 8 * 1024 * 1024;    // bytes
  std::int64_t max_text = 16 * 1024;            // likewise
  std::int64_t max_unbinned = 20'000'000;       // values
  std::int64_t max_profile = 32 * 1024 * 1024;  // likewise
};

enum class UnknownModels : std::uint8_t { learn, ignore, reject };

struct ModelsConfig {
  ModelConfig standard;  // what a model without an entry has
  std::map<std::string, ModelConfig> named;

  [[nodiscard]] const ModelConfig& of(const std::string& model) const {
    const auto found = named.find(model);
    return found == named.end() ? standard : found->second;
  }
};

struct AlertsConfig {
  std::vector<std::string> allowed_hosts;  // that webhooks may call; empty: any
  std::vector<alerts::MuteWindow> mute;
  std::vector<alerts::WebhookConfig> webhooks;  // names are unique
  std::optional<DigestConfig> digest;           // absent: there are none
  std::int64_t max_pending = 10'000;            // deliveries of a webhook
  std::int64_t max_closed = 10'000;             // incidents that are kept
};

struct Config {
  KafkaConfig kafka;
  StorageConfig storage;
  HttpConfig http;
  ServiceConfig service;
  LogConfig log;
  Duration slot = kMinute;
  Duration lateness = 30 * kSecond;
  Duration idle_after = kMinute;
  Duration max_skew = 0;  // never 0 once loaded: the larger of 1 h and two slots
  Duration max_ahead = kHour;
  Duration dedupe = kHour;
  JoinConfig join;
  MetricsConfig metrics;
  LimitsConfig limits;
  std::uint32_t threads = 0;  // never 0 once loaded: the number of cores, at most 64
  UnknownModels unknown_models = UnknownModels::learn;
  ModelsConfig models;
  AlertsConfig alerts;

  // Texts that came from secret places, whole values and the parts put into them: shown nowhere.
  std::vector<Secret> secrets;
};

// Fills in what depends on other keys: max_skew, each model's window, threads.
void resolve_defaults(Config& config);

}  // namespace driftd::app
