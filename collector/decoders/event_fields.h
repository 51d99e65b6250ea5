// One JSON object -> the fields that an event may have, before anything is said about them.
//
// Fields come in any order, and a later duplicate replaces an earlier one, so reading and judging are
// apart: read_event_fields() only takes down what is there; decoders/driftd_json.h judges.
#pragma once

#include <string_view>
#include <vector>

#include "collector/decoders/distinct_names.h"
#include "collector/decoders/json_reader.h"
#include "core/event.h"

namespace driftd::collector {

// A field as it was written. `raw` is the value's text in JSON.
struct Field {
  Value value;
  std::string_view raw;

  // Neither absent nor null.
  [[nodiscard]] bool given() const {
    return value.kind != Value::Kind::absent && value.kind != Value::Kind::null;
  }
};

// What `prediction` says, whichever form it has.
struct PredictionFields {
  Value::Kind kind = Value::Kind::absent;  // of `prediction` itself
  Value bare;                              // set where it is a scalar
  Value label, value, score;               // set where it is an object
  Value::Kind scores_kind = Value::Kind::absent;
  bool scores_are_numbers = true;
};

struct EventFields {
  Field type, id, model, version, variant, time, latency_ms, status;
  Field label, value;     // of feedback
  Field event, metadata;  // of model events
  Value::Kind features_kind = Value::Kind::absent;
  PredictionFields prediction;
  std::vector<Feature> features;   // distinct names
  std::vector<ClassScore> scores;  // distinct labels

  void clear();
};

// Reads events' objects. Keeps what makes the next one fast; not thread-safe.
class EventFieldsReader {
 public:
  // The reader stands before the object's '{'. Faults are the reader's. Whatever stood in `fields` is
  // replaced; its texts live as long as the JsonReader's.
  void read(JsonReader& json, EventFields& fields);

 private:
  void read_features(JsonReader& json, EventFields& fields);
  void read_prediction(JsonReader& json, EventFields& fields);
  void read_scores(JsonReader& json, EventFields& fields);

  DistinctNames feature_names_, score_labels_;
};

}  // namespace driftd::collector
