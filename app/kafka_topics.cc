#include "app/kafka_topics.h"

#include <algorithm>

namespace driftd::app {

collector::LogCallback kafka_log(const Logger& log) {
  return [log](collector::LogLevel level, const std::string& message) {
    switch (level) {
      case collector::LogLevel::error:
        return log.error(message, {{"from", "kafka"}});
      case collector::LogLevel::warning:
        return log.warn(message, {{"from", "kafka"}});
      case collector::LogLevel::info:
        return log.info(message, {{"from", "kafka"}});
      case collector::LogLevel::debug:
        return log.debug(message, {{"from", "kafka"}});
    }
  };
}

std::vector<collector::KafkaTopic> kafka_topics(const TopicsConfig& topics) {
  std::vector<collector::KafkaTopic> all;
  const auto add = [&](const std::vector<TopicConfig>& list, collector::TopicRole role) {
    for (const TopicConfig& topic : list) {
      auto known = std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.name == topic.name; });
      if (known == all.end()) known = all.insert(all.end(), {topic.name, 0});
      known->roles |= static_cast<unsigned>(role);
    }
  };
  add(topics.predictions, collector::TopicRole::predictions);
  add(topics.feedback, collector::TopicRole::feedback);
  add(topics.models, collector::TopicRole::models);
  return all;
}

}  // namespace driftd::app
