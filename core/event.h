// The events of DESIGN section 3 as decoded values.
//
// An event is a *view*: its texts point into the record it was decoded from (or into the decoder's
// own buffer) and are valid until the decoder's next call. What has to live longer is copied by
// whoever keeps it. Plain values, no invariants beyond those stated.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/time.h"

namespace driftd {

// One value of an event. `number` is set for numbers; `text` for texts, for booleans ("true" or "false"), for
// arrays (their JSON as it was written, or what core/embedding.h packed), and empty otherwise.
struct Value {
  enum class Kind : std::uint8_t {
    absent,      // the field is not there
    null,        // JSON null: missing
    number,      // finite
    not_finite,  // a JSON number outside the range of a double
    boolean,
    text,
    array,  // of anything; core/embedding.h reads those of numbers
    object,
  };
  Kind kind = Kind::absent;
  double number = 0;
  std::string_view text;
};

// The shortest text that names the scalar: numbers as std::to_chars writes the shortest double
// ("1" for 1 and 1.0, "0.5"), booleans "true" and "false", texts themselves. Uses `buffer` (at
// least 32 bytes) for numbers; empty for absent, null, arrays and objects.
std::string_view shortest_text(const Value& value, std::span<char> buffer);
std::string shortest_text(double number);

struct Feature {
  std::string_view name;
  Value value;
};

struct ClassScore {
  std::string_view label;
  double score = 0;
};

struct PredictionEvent {
  std::string_view id;  // empty: none, no join and no duplicates
  std::string_view model;
  std::string_view version;  // empty: none was given
  std::string_view variant;
  Time time = 0;
  std::optional<double> latency_ms;
  bool failed = false;  // "status":"error": the model did not answer
  Value label;          // what was predicted, as far as the event says it
  Value value;
  Value score;
  std::span<const ClassScore> scores;
  std::span<const Feature> features;
};

struct FeedbackEvent {
  std::string_view id;  // never empty
  std::string_view model;
  std::string_view version;  // empty: any
  Time time = 0;
  Value label;
  Value value;
};

enum class Lifecycle : std::uint8_t {
  registered,
  deployed,
  retraining_started,
  retraining_finished,
  retraining_failed,
  rolled_back,
  retired,
};

struct ModelEvent {
  std::string_view model;
  std::string_view version;
  Time time = 0;
  Lifecycle event = Lifecycle::registered;
  std::string_view metadata;  // the JSON object's text, "{}" where absent
};

using Event = std::variant<PredictionEvent, FeedbackEvent, ModelEvent>;

// Reasons for which a record is rejected (DESIGN 7.9), in the order of the design.
enum class Rejection : std::uint8_t {
  empty,
  too_large,
  not_utf8,
  not_json,
  too_deep,
  not_an_object,
  no_type,
  unknown_type,
  no_model,
  bad_field,
  bad_time,
  too_far_ahead,
  unknown_model,
  too_many_models,
  too_many_columns,
  undecodable,
};
inline constexpr std::size_t kRejectionCount = 16;
std::string_view name_of(Rejection reason);
std::string_view name_of(Lifecycle event);
std::optional<Lifecycle> lifecycle_of(std::string_view name);

}  // namespace driftd
