#include "collector/role_sniffer.h"

#include "collector/decoder.h"
#include "collector/line_reader.h"

namespace driftd::collector {
namespace {

constexpr std::size_t kLooked = std::size_t{64} << 10;

unsigned role_of(const Event& event) {
  if (std::holds_alternative<PredictionEvent>(event)) return static_cast<unsigned>(TopicRole::predictions);
  if (std::holds_alternative<FeedbackEvent>(event)) return static_cast<unsigned>(TopicRole::feedback);
  return static_cast<unsigned>(TopicRole::models);
}

}  // namespace

Result<unsigned> sniff_roles(const std::string& path) {
  auto reader = LineReader::open(path, kLooked);
  if (!reader.ok()) return reader.error();
  EventDecoder decoder;
  unsigned roles = 0;
  std::size_t looked = 0;
  while (looked < kLooked) {
    const auto block = (*reader)->next_lines(256);
    if (!block.ok()) return block.error();
    for (const Line& line : block.value().lines) {
      if ((looked += line.text.size() + 1) > kLooked) break;
      Record record;
      record.value = line.text;
      record.timestamp = 0;  // an event without time has a type all the same
      for (const Event& event : decoder.decode(record, 0).events) roles |= role_of(event);
    }
    if (block.value().end) break;
  }
  return roles == 0 ? static_cast<unsigned>(TopicRole::predictions) : roles;
}

}  // namespace driftd::collector
