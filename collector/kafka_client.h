// What everything that talks to Kafka needs: properties, a log, and handles that clean up.
//
// The only place where users of librdkafka's C interface share code; librdkafka is included in
// collector/kafka_*.cc and collector/kafka_handles.h alone; its types stay out of every other header.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace driftd::collector {

enum class LogLevel { error, warning, info, debug };
// Called from any thread, also from librdkafka's; must be thread-safe and must not throw.
using LogCallback = std::function<void(LogLevel level, const std::string& message)>;

struct KafkaConnection {
  std::vector<std::string> brokers;               // host:port
  std::map<std::string, std::string> properties;  // the user's; may hold secrets
  LogCallback log;                                // may be empty
};

// Properties that driftd sets itself and a configuration must not (DESIGN section 4): group.id,
// enable.auto.commit, bootstrap.servers and the like.
[[nodiscard]] bool is_owned_kafka_property(const std::string& name);

// What librdkafka says about a property: success, or invalid with its words ("No such configuration
// property"). For `driftd check`.
Status check_kafka_property(const std::string& name, const std::string& value);

// The version of the librdkafka that is linked, such as "2.8.0".
std::string kafka_library_version();

// What the linked librdkafka was built with, such as "gzip,snappy,ssl,zstd".
std::string kafka_library_features();
// Of Kafka's codecs those that are not among these features, such as "lz4, zstd": records compressed so
// cannot be read, and hold up their partition.
std::string missing_codecs(std::string_view features);

}  // namespace driftd::collector
