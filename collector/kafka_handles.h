// librdkafka's C handles with owners. Included by collector/kafka_*.cc only.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/kafka_client.h"
#include "core/time.h"

namespace driftd::collector {

template <auto Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};

using KafkaConf = std::unique_ptr<rd_kafka_conf_t, Destroyer<&rd_kafka_conf_destroy>>;
using KafkaHandle = std::unique_ptr<rd_kafka_t, Destroyer<&rd_kafka_destroy>>;
// A consumer without partitions, which has nothing to take leave of: its end waits for no broker.
struct EndWithoutLeave {
  void operator()(rd_kafka_t* handle) const {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  }
};
using HandleThatAsks = std::unique_ptr<rd_kafka_t, EndWithoutLeave>;
using KafkaTopicHandle = std::unique_ptr<rd_kafka_topic_t, Destroyer<&rd_kafka_topic_destroy>>;
using KafkaQueue = std::unique_ptr<rd_kafka_queue_t, Destroyer<&rd_kafka_queue_destroy>>;
using KafkaEvent = std::unique_ptr<rd_kafka_event_t, Destroyer<&rd_kafka_event_destroy>>;
using KafkaFault = std::unique_ptr<rd_kafka_error_t, Destroyer<&rd_kafka_error_destroy>>;
using KafkaHeaders = std::unique_ptr<rd_kafka_headers_t, Destroyer<&rd_kafka_headers_destroy>>;
using PartitionList =
    std::unique_ptr<rd_kafka_topic_partition_list_t, Destroyer<&rd_kafka_topic_partition_list_destroy>>;

// What librdkafka's callbacks get as their opaque pointer; lives as long as the handle.
struct KafkaContext {
  LogCallback log;
  std::function<void(const rd_kafka_message_t& message)> delivered;  // producers only
  // Why no broker will let us in until a person mends something; empty: no broker has said so. Set while
  // events are served, on the thread that serves them.
  std::string refused;
  // When it was last told that no broker is there; by the same thread.
  std::optional<std::chrono::steady_clock::time_point> down_told;

  void say(LogLevel level, const std::string& message) const {
    if (log) log(level, message);
  }
};

struct Property {
  std::string name;
  std::string value;
  enum class Rule { ours, unless_set, if_known } rule = Rule::ours;
};

// Brokers, the user's properties, and ours: `ours` are set in any case; `unless_set` where the user set none;
// `if_known` likewise, where this version of librdkafka knows them. Fails with `invalid`.
Result<KafkaConf> make_kafka_conf(const KafkaConnection& connection, const std::vector<Property>& own,
                                  KafkaContext& context);
Result<KafkaHandle> make_kafka_handle(rd_kafka_type_t type, KafkaConf conf);

inline Error kafka_error(ErrorCode code, const std::string& what, rd_kafka_resp_err_t error) {
  return {code, what + ": " + rd_kafka_err2str(error)};
}

// A record's timestamp in Kafka's milliseconds. Outside the years 1 to 9999 it is none.
inline Time time_of_kafka(std::int64_t milliseconds) {
  if (milliseconds < 0 || milliseconds > kLatestTime / kMillisecond) return kNoTime;
  return milliseconds * kMillisecond;
}

}  // namespace driftd::collector
