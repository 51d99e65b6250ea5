// Bytes -> events: the door to collector/decoders/.
//
// EventDecoder takes a record and gives its events (DESIGN section 3), or the one reason for which
// it is rejected and a message that names the field at fault and the remedy. The JSON may be bare or
// the data of a CloudEvent, binary or structured (INTEROP 1.1), of version 1.0 or 0.3; the data's
// fields win, the envelope's `id`, `time` and `type` (less `driftd.`) fill what is absent.
//
// Rules that the contract leaves open:
//  - A duplicate key counts with its last value, as do duplicate feature names and class labels.
//  - null is as good as absent for every field but a feature.
//  - Nesting is at most 64 deep. Unknown fields are ignored but have to be valid JSON.
//  - A byte order mark before the JSON is skipped.
//  - `id` may be a text or an integer (then as it is written), `version` and `variant` a text or a
//    number (then its shortest text). An empty text is as good as absent.
//  - Names (model, version, variant, id, features) longer than `max_text` are too_large, and so is metadata
//    of 64 times that; values and class labels longer than `max_text` are told apart by their beginning and
//    a hash of the whole.
//  - A number beyond the range of a double is Value::Kind::not_finite, with `number` an infinity, as
//    a feature, a bare prediction, `value` or `score`; anywhere else it is a bad_field.
//
// Checks come in this order, and the first that fails is the reason:
//   empty, too_large, not_utf8, not_json or too_deep (whichever comes first in the text),
//   not_an_object, no_type, unknown_type, no_model, bad_field, bad_time, too_far_ahead.
//
// The result's views point into the decoder and into the record, and are valid until the next call
// of decode(). No allocation once the buffers have grown to what the stream needs. Not thread-safe:
// one decoder a lane.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "collector/record.h"
#include "core/event.h"
#include "core/time.h"

namespace driftd::collector {

inline constexpr int kMaxNesting = 64;

struct DecoderOptions {
  std::size_t max_record = std::size_t{8} << 20;  // bytes of a value
  std::size_t max_text = 16 * 1024;               // bytes of a name or of a text that is a value; 64 or more
  // An event whose time is further ahead than this of its record's timestamp is too_far_ahead. None,
  // or a record without timestamp: no such check (replay).
  std::optional<Duration> max_ahead = std::nullopt;
};

struct Decoded {
  std::span<const Event> events;       // empty where rejected
  std::optional<Rejection> rejection;  // set: the record has no events
  std::string_view message;            // in words for who sent the record; empty where accepted
  std::size_t shortened = 0;           // values and labels beyond max_text
};

class EventDecoder {
 public:
  explicit EventDecoder(const DecoderOptions& options = {});
  EventDecoder(EventDecoder&&) noexcept;
  EventDecoder& operator=(EventDecoder&&) noexcept;
  ~EventDecoder();

  // `roles` is the topic's set of TopicRole: an event without a type is of the topic's kind where the
  // topic stands in exactly one list.
  Decoded decode(const Record& record, unsigned roles);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace driftd::collector
