#include "collector/role_sniffer.h"

#include <algorithm>

#include "collector/decoder.h"

namespace driftd::collector {
namespace {

constexpr std::size_t kLooked = std::size_t{64} << 10;

unsigned role_of(const Event& event) {
  if (std::holds_alternative<PredictionEvent>(event)) return static_cast<unsigned>(TopicRole::predictions);
  if (std::holds_alternative<FeedbackEvent>(event)) return static_cast<unsigned>(TopicRole::feedback);
  return static_cast<unsigned>(TopicRole::models);
}

}  // namespace

unsigned sniff_roles(std::string_view beginning) {
  EventDecoder decoder;
  unsigned roles = 0;
  beginning = beginning.substr(0, kLooked);
  while (!beginning.empty()) {
    const std::size_t end = std::min(beginning.find('\n'), beginning.size());
    Record record;
    record.value = beginning.substr(0, end);
    record.timestamp = 0;  // an event without time has a type all the same
    for (const Event& event : decoder.decode(record, 0).events) roles |= role_of(event);
    beginning.remove_prefix(std::min(end + 1, beginning.size()));
  }
  return roles == 0 ? static_cast<unsigned>(TopicRole::predictions) : roles;
}

}  // namespace driftd::collector
