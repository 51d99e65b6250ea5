// driftd's own events (DESIGN section 3): judges an object's fields and makes an Event of them.
#pragma once

#include <optional>
#include <string>

#include "collector/decoder.h"
#include "collector/decoders/event_fields.h"
#include "core/event.h"

namespace driftd::collector {

struct Refusal {
  Rejection reason;
  std::string message;  // names the field and the remedy
};

// What surrounds the object and fills what it leaves out.
struct EventSurroundings {
  // Of a CloudEvent: absent otherwise.
  Value id, type, time;
  unsigned roles = 0;        // of the topic
  Time timestamp = kNoTime;  // of the record
};

// Checks in the order that collector/decoder.h states. The event views `fields`, and `numbers`, where
// versions that were given as numbers are written out.
struct NumberTexts {
  char version[40];
  char variant[40];
};
std::optional<Refusal> make_event(const EventFields& fields, const EventSurroundings& around,
                                  const DecoderOptions& options, NumberTexts& numbers, Event& event);

}  // namespace driftd::collector
