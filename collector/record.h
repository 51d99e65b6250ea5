// A record as it came from outside: bytes with an offset. The words that sources, the decoder and
// dead letters share.
//
// A Record owns nothing. Its views are valid as long as the Batch (collector/source.h) that brought
// it. Plain values; reading them from several threads is fine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.h"

namespace driftd::collector {

struct Header {
  std::string_view name;
  std::optional<std::string_view> value;  // Kafka allows a header without a value
};

struct Record {
  std::int64_t offset = 0;   // Kafka's offset, or the line's number from 0
  Time timestamp = kNoTime;  // of the record, not of the event
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;  // none: a tombstone
  std::span<const Header> headers;
  bool oversized = false;  // the value was longer than the source may hold: only its beginning is here
};

// In which of the configuration's lists a topic stands. A set of bits: one topic may serve for all.
enum class TopicRole : unsigned { predictions = 1, feedback = 2, models = 4 };

constexpr unsigned operator|(TopicRole a, TopicRole b) {
  return static_cast<unsigned>(a) | static_cast<unsigned>(b);
}
constexpr bool has_role(unsigned roles, TopicRole role) { return (roles & static_cast<unsigned>(role)) != 0; }

struct PartitionInfo {
  std::string topic;  // of a file: its name without folders
  std::int32_t partition = 0;
  unsigned roles = 0;  // a set of TopicRole
};

}  // namespace driftd::collector
