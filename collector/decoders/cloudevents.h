// CloudEvents on Kafka (INTEROP 1.1), versions 1.0 and 0.3; `specversion` is not looked at beyond being
// there in binary mode.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collector/decoders/event_fields.h"
#include "collector/record.h"

namespace driftd::collector {

enum class EnvelopeMode { none, binary, structured };

struct Envelope {
  EnvelopeMode mode = EnvelopeMode::none;
  Value id, type, time;  // texts; absent where the envelope has none
};

// The mode by the headers, and in binary mode the attributes too.
Envelope read_envelope(std::span<const Header> headers);

// Where the data of a structured event is.
struct StructuredData {
  Value::Kind kind = Value::Kind::absent;  // of `data`; an object is in the event's fields
  std::string_view base64;                 // data as bytes, still encoded
  bool is_base64 = false;
};

// Reads a structured event: attributes into `envelope`, an object in `data` into `fields`. Faults are the
// reader's.
StructuredData read_structured(JsonReader& json, EventFieldsReader& reader, Envelope& envelope,
                               EventFields& fields);

// Standard base64, padded or not. None where it is anything else.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace driftd::collector
