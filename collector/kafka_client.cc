#include "collector/kafka_client.h"

#include <algorithm>
#include <array>

#include "collector/kafka_handles.h"

namespace driftd::collector {
namespace {

constexpr std::size_t kWords = 512;
constexpr std::chrono::seconds kDownTold{60};

LogLevel level_of(int syslog_level) {
  if (syslog_level <= 3) return LogLevel::error;
  if (syslog_level == 4) return LogLevel::warning;
  return syslog_level <= 6 ? LogLevel::info : LogLevel::debug;
}

void log_line(const rd_kafka_t* handle, int level, const char* facility, const char* line) {
  const auto* context = handle != nullptr ? static_cast<KafkaContext*>(rd_kafka_opaque(handle)) : nullptr;
  if (context != nullptr) context->say(level_of(level), "kafka " + std::string(facility) + ": " + line);
}

void deliver(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  const auto* context = static_cast<KafkaContext*>(opaque);
  if (context->delivered) context->delivered(*message);
}

// Lost connections stand in librdkafka's log already. That no broker is left it finds again at each attempt.
bool worth_telling(int code, KafkaContext& context) {
  if (code == RD_KAFKA_RESP_ERR__TRANSPORT) return false;
  if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return true;
  const auto now = std::chrono::steady_clock::now();
  if (context.down_told && now - *context.down_told < kDownTold) return false;
  context.down_told = now;
  return true;
}

// Of TLS only what the certificates say: a broker that is starting may break off a handshake too.
void note_error(rd_kafka_t*, int code, const char* reason, void* opaque) {
  auto* context = static_cast<KafkaContext*>(opaque);
  const std::string words = reason;
  if (worth_telling(code, *context)) context->say(LogLevel::error, "kafka: " + words);
  if (code == RD_KAFKA_RESP_ERR__AUTHENTICATION) {
    context->refused = "kafka: the brokers refuse these credentials: " + words +
                       "; mend sasl.mechanism, sasl.username and sasl.password in kafka.properties";
  } else if (code == RD_KAFKA_RESP_ERR__SSL && words.find("certificate") != std::string::npos) {
    context->refused = "kafka: the certificates do not hold: " + words +
                       "; ssl.ca.location in kafka.properties names the authority that signed the brokers' "
                       "certificates, and brokers goes by the names that are in them";
  }
}

Status set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, kWords> words{};
  const auto result = rd_kafka_conf_set(conf, name.c_str(), value.c_str(), words.data(), words.size());
  if (result == RD_KAFKA_CONF_OK) return success();
  const auto code = result == RD_KAFKA_CONF_UNKNOWN ? ErrorCode::not_found : ErrorCode::invalid;
  return Error{code, "kafka.properties." + name + ": " + words.data()};
}

std::string joined(const std::vector<std::string>& brokers) {
  std::string list;
  for (const std::string& broker : brokers) list += (list.empty() ? "" : ",") + broker;
  return list;
}

Status set_own(rd_kafka_conf_t* conf, const Property& property, const KafkaConnection& connection) {
  if (property.rule != Property::Rule::ours && connection.properties.contains(property.name))
    return success();
  Status status = set(conf, property.name, property.value);
  if (property.rule == Property::Rule::if_known && !status.ok()) return success();
  return status;
}

}  // namespace

bool is_owned_kafka_property(const std::string& name) {
  static constexpr std::array kOwned = {
      "bootstrap.servers",  "metadata.broker.list", "group.id",          "enable.auto.commit",
      "auto.commit.enable", "enable.partition.eof", "auto.offset.reset", "enable.auto.offset.store",
      "isolation.level",    "transactional.id",     "log.queue",         "delivery.report.only.error",
      "group.protocol"};
  return std::find(kOwned.begin(), kOwned.end(), name) != kOwned.end();
}

Status check_kafka_property(const std::string& name, const std::string& value) {
  if (is_owned_kafka_property(name)) return Error{ErrorCode::refused, "driftd sets " + name + " itself"};
  const KafkaConf conf(rd_kafka_conf_new());
  return set(conf.get(), name, value);
}

std::string kafka_library_version() { return rd_kafka_version_str(); }

std::string kafka_library_features() {
  const KafkaConf conf(rd_kafka_conf_new());
  std::array<char, kWords> features{};
  std::size_t size = features.size();
  return rd_kafka_conf_get(conf.get(), "builtin.features", features.data(), &size) == RD_KAFKA_CONF_OK
             ? features.data()
             : "";
}

std::string missing_codecs(std::string_view features) {
  const std::string within = "," + std::string(features) + ",";
  std::string missing;
  for (const std::string codec : {"gzip", "snappy", "lz4", "zstd"}) {
    if (within.find("," + codec + ",") != std::string::npos) continue;
    missing += (missing.empty() ? "" : ", ") + codec;
  }
  return missing;
}

Result<KafkaConf> make_kafka_conf(const KafkaConnection& connection, const std::vector<Property>& own,
                                  KafkaContext& context) {
  context.log = connection.log;
  KafkaConf conf(rd_kafka_conf_new());
  rd_kafka_conf_set_opaque(conf.get(), &context);
  rd_kafka_conf_set_log_cb(conf.get(), &log_line);
  rd_kafka_conf_set_error_cb(conf.get(), &note_error);
  if (context.delivered) rd_kafka_conf_set_dr_msg_cb(conf.get(), &deliver);
  for (const auto& [name, value] : connection.properties) {
    if (is_owned_kafka_property(name)) {
      return Error{ErrorCode::invalid, "kafka.properties." + name + ": driftd sets it itself"};
    }
    if (Status status = set(conf.get(), name, value); !status.ok()) return status.error();
  }
  if (Status status = set(conf.get(), "bootstrap.servers", joined(connection.brokers)); !status.ok()) {
    return status.error();
  }
  for (const Property& property : own) {
    if (Status status = set_own(conf.get(), property, connection); !status.ok()) return status.error();
  }
  return conf;
}

Result<KafkaHandle> make_kafka_handle(rd_kafka_type_t type, KafkaConf conf) {
  std::array<char, kWords> words{};
  KafkaHandle handle(rd_kafka_new(type, conf.get(), words.data(), words.size()));
  if (!handle) return Error{ErrorCode::invalid, std::string("kafka: ") + words.data()};
  (void)conf.release();  // librdkafka owns it now
  return handle;
}

}  // namespace driftd::collector
