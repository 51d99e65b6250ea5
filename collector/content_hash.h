// What an event says, as 64 bits: two events of one id are copies when these are equal (DESIGN 7.5).
//
// Order of fields, spelling of numbers (1, 1.0, 1e0) and everything about the envelope are left out,
// and so are id, model, version, variant and time, which the join compares by themselves.
//   prediction: label (shortest text), value, score, scores, latency_ms, status and every feature
//               with its kind; order of features and scores does not matter. An array is hashed as it is
//               written, white space and spelling of numbers included: to read it costs more than all else.
//   feedback:   label (shortest text; 1, 1.0 and "1" are one) and value.
// Stable: it is stored with what waits in the join. Pure, thread-safe; no allocation.
#pragma once

#include <cstdint>

#include "core/event.h"

namespace driftd::collector {

std::uint64_t content_hash(const PredictionEvent& event);
std::uint64_t content_hash(const FeedbackEvent& event);

}  // namespace driftd::collector
