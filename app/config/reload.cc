#include "app/config/reload.h"

#include <functional>
#include <utility>

namespace driftd::app {

std::vector<std::string> keys_that_need_restart(const Config& running, const Config& wanted) {
  using Same = std::function<bool(const Config&, const Config&)>;
  const auto same = [](auto part) -> Same {
    return [part](const Config& a, const Config& b) { return part(a) == part(b); };
  };
  const std::pair<const char*, Same> keys[] = {
      {"kafka.brokers", same([](const Config& c) { return c.kafka.brokers; })},
      {"kafka.group", same([](const Config& c) { return c.kafka.group; })},
      {"kafka.topics.predictions", same([](const Config& c) { return c.kafka.topics.predictions; })},
      {"kafka.topics.feedback", same([](const Config& c) { return c.kafka.topics.feedback; })},
      {"kafka.topics.models", same([](const Config& c) { return c.kafka.topics.models; })},
      {"kafka.dead_letter_topic", same([](const Config& c) { return c.kafka.dead_letter_topic; })},
      {"kafka.start", same([](const Config& c) { return c.kafka.start; })},
      {"kafka.properties", same([](const Config& c) { return c.kafka.properties; })},
      {"storage.path", same([](const Config& c) { return c.storage.path; })},
      {"http.listen", same([](const Config& c) { return c.http.listen; })},
      {"http.max_connections", same([](const Config& c) { return c.http.max_connections; })},
      {"http.max_memory", same([](const Config& c) { return c.http.max_memory; })},
      {"http.tls", same([](const Config& c) { return c.http.tls.has_value(); })},
      {"log.format", same([](const Config& c) { return c.log.format; })},
      {"dedupe", same([](const Config& c) { return c.dedupe; })},
      {"threads", same([](const Config& c) { return c.threads; })},
  };
  std::vector<std::string> changed;
  for (const auto& [key, is_same] : keys) {
    if (!is_same(running, wanted)) changed.emplace_back(key);
  }
  return changed;
}

}  // namespace driftd::app
