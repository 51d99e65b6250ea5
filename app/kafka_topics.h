// The configuration's words about Kafka as the collector's.
#pragma once

#include <vector>

#include "app/config/config.h"
#include "app/log.h"
#include "collector/kafka_source.h"

namespace driftd::app {

// Each topic once, with the set of lists it stands in.
std::vector<collector::KafkaTopic> kafka_topics(const TopicsConfig& topics);

// librdkafka's log lines as ours, marked from=kafka.
collector::LogCallback kafka_log(const Logger& log);

}  // namespace driftd::app
