#include "collector/decoders/event_fields.h"

#include <array>

#include "core/same_text.h"

namespace driftd::collector {
namespace {

struct NamedField {
  std::string_view name;
  Field EventFields::*field;
};

constexpr std::array kFields = {
    NamedField{"type", &EventFields::type},         NamedField{"id", &EventFields::id},
    NamedField{"model", &EventFields::model},       NamedField{"version", &EventFields::version},
    NamedField{"time", &EventFields::time},         NamedField{"variant", &EventFields::variant},
    NamedField{"status", &EventFields::status},     NamedField{"latency_ms", &EventFields::latency_ms},
    NamedField{"label", &EventFields::label},       NamedField{"value", &EventFields::value},
    NamedField{"metadata", &EventFields::metadata}, NamedField{"event", &EventFields::event},
};

Field EventFields::*field_named(std::string_view name) {
  for (const NamedField& known : kFields) {
    if (same_text(known.name, name)) return known.field;
  }
  return nullptr;
}

}  // namespace

void EventFields::clear() {
  for (const NamedField& known : kFields) this->*known.field = {};
  features_kind = Value::Kind::absent;
  prediction = {};
  features.clear();
  scores.clear();
}

void EventFieldsReader::read(JsonReader& json, EventFields& fields) {
  fields.clear();
  if (!json.enter_object()) return;
  std::string_view name;
  while (json.next_field(name)) {
    if (same_text(name, "features")) {
      read_features(json, fields);
    } else if (same_text(name, "prediction")) {
      read_prediction(json, fields);
    } else if (const auto field = field_named(name)) {
      Field& slot = fields.*field;
      json.read(slot.value, &slot.raw);
    } else {
      json.skip();
    }
  }
}

void EventFieldsReader::read_features(JsonReader& json, EventFields& fields) {
  fields.features.clear();
  feature_names_.clear();
  if (json.peek() != '{') {
    Value other;
    json.read(other);
    fields.features_kind = other.kind;
    return;
  }
  fields.features_kind = Value::Kind::object;
  json.enter_object();
  const auto name_at = [&](std::size_t place) { return fields.features[place].name; };
  while (true) {
    // Filled where it stays: copying what was just written would wait for the writes.
    Feature& feature = fields.features.emplace_back();
    if (!json.next_plain_field(feature.name, feature.value)) {
      if (!json.next_field(feature.name)) break;
      json.read(feature.value);
    }
    const std::size_t last = fields.features.size() - 1;
    const std::size_t place = feature_names_.place(feature.name, name_at);
    if (place == last) continue;
    fields.features[place].value = feature.value;
    fields.features.pop_back();
  }
  fields.features.pop_back();
}

void EventFieldsReader::read_prediction(JsonReader& json, EventFields& fields) {
  PredictionFields& prediction = fields.prediction;
  prediction = {};
  fields.scores.clear();
  if (json.peek() != '{') {
    json.read(prediction.bare);
    prediction.kind = prediction.bare.kind;
    return;
  }
  prediction.kind = Value::Kind::object;
  json.enter_object();
  std::string_view name;
  while (json.next_field(name)) {
    if (name == "label") {
      json.read(prediction.label);
    } else if (name == "value") {
      json.read(prediction.value);
    } else if (name == "score") {
      json.read(prediction.score);
    } else if (name == "scores") {
      read_scores(json, fields);
    } else {
      json.skip();
    }
  }
}

void EventFieldsReader::read_scores(JsonReader& json, EventFields& fields) {
  PredictionFields& prediction = fields.prediction;
  prediction.scores_are_numbers = true;
  fields.scores.clear();
  score_labels_.clear();
  if (json.peek() != '{') {
    Value other;
    json.read(other);
    prediction.scores_kind = other.kind;
    return;
  }
  prediction.scores_kind = Value::Kind::object;
  json.enter_object();
  std::string_view label;
  const auto label_at = [&](std::size_t place) { return fields.scores[place].label; };
  while (json.next_field(label)) {
    const std::size_t place = score_labels_.place(label, label_at);
    if (place == fields.scores.size()) fields.scores.push_back({.label = label, .score = 0});
    Value score;
    json.read(score);
    prediction.scores_are_numbers = prediction.scores_are_numbers && score.kind == Value::Kind::number;
    fields.scores[place].score = score.number;
  }
}

}  // namespace driftd::collector
