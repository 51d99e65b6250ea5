#include "collector/decoders/driftd_json.h"

#include <charconv>

namespace driftd::collector {
namespace {

using Kind = Value::Kind;

constexpr std::size_t kTextsOfMetadata = 64;  // it waits for its slot to close as it came

bool given(const Value& value) { return value.kind != Kind::absent && value.kind != Kind::null; }
bool is_integer(const Field& field) {
  return field.value.kind == Kind::number && field.raw.find_first_of(".eE") == std::string_view::npos;
}

// One event being judged. Each step returns false after it has said why in `refusal`.
class Judge {
 public:
  Judge(const EventFields& fields, const EventSurroundings& around, const DecoderOptions& options,
        NumberTexts& numbers)
      : fields_(fields), around_(around), options_(options), numbers_(numbers) {}

  std::optional<Refusal> judge(Event& event) {
    if (!take_type() || !take_model()) return std::move(refusal_);
    bool good = false;
    if (type_ == "prediction") {
      good = take_prediction(make<PredictionEvent>(event));
    } else if (type_ == "feedback") {
      good = take_feedback(make<FeedbackEvent>(event));
    } else {
      good = take_model_event(make<ModelEvent>(event));
    }
    if (good) return std::nullopt;
    return std::move(refusal_);
  }

 private:
  template <class Kind_>
  static Kind_& make(Event& event) {
    return event.emplace<Kind_>();
  }

  bool refuse(Rejection reason, std::string message) {
    refusal_ = {reason, std::move(message)};
    return false;
  }
  bool bad_field(std::string_view name, std::string_view remedy) {
    return refuse(Rejection::bad_field, "field \"" + std::string(name) + "\" " + std::string(remedy));
  }

  // Of what is kept for each event, or shown in every series.
  bool fits(std::string_view text, std::string_view name, std::size_t times = 1) {
    if (text.size() <= times * options_.max_text) return true;
    return refuse(Rejection::too_large,
                  "field \"" + std::string(name) + "\" holds " + std::to_string(text.size()) +
                      " bytes, more than limits.max_text allows, " +
                      std::to_string(times * options_.max_text) + ": send a shorter one");
  }

  bool take_type() {
    const Value& own = fields_.type.value;
    if (given(own)) {
      type_ = own.text;
      if (own.kind != Kind::text) type_ = {};
    } else if (given(around_.type)) {
      type_ = around_.type.text;
      if (type_.starts_with("driftd.")) type_.remove_prefix(7);
    } else {
      return take_type_of_topic();
    }
    if (type_ == "prediction" || type_ == "feedback" || type_ == "model") return true;
    return refuse(Rejection::unknown_type,
                  "field \"type\" must be \"prediction\", \"feedback\" or \"model\"");
  }

  bool take_type_of_topic() {
    if (around_.roles == static_cast<unsigned>(TopicRole::predictions)) {
      type_ = "prediction";
    } else if (around_.roles == static_cast<unsigned>(TopicRole::feedback)) {
      type_ = "feedback";
    } else if (around_.roles == static_cast<unsigned>(TopicRole::models)) {
      type_ = "model";
    } else {
      return refuse(Rejection::no_type,
                    "field \"type\" is absent, and the topic does not stand in exactly one of the lists "
                    "predictions, feedback and models: add \"type\"");
    }
    return true;
  }

  bool take_model() {
    const Value& model = fields_.model.value;
    if (!given(model) || (model.kind == Kind::text && model.text.empty())) {
      return refuse(Rejection::no_model, "field \"model\" is absent or empty: name the model");
    }
    return (model.kind == Kind::text || bad_field("model", "must be a text")) && fits(model.text, "model");
  }

  bool take_id(std::string_view& id) {
    const Field& field = fields_.id;
    if (!field.given()) {
      id = around_.id.text;
    } else if (field.value.kind == Kind::text) {
      id = field.value.text;
    } else if (is_integer(field)) {
      id = field.raw;
    } else {
      return bad_field("id", "must be a text or an integer");
    }
    return fits(id, "id");
  }

  // A text, or a number by its shortest text.
  bool take_name(const Field& field, std::string_view name, std::span<char> buffer, std::string_view& text) {
    if (!field.given()) return true;
    if (field.value.kind != Kind::text && field.value.kind != Kind::number) {
      return bad_field(name, "must be a text or a number");
    }
    text = shortest_text(field.value, buffer);
    return fits(text, name);
  }

  bool take_time(Time& time) {
    const Field& field = fields_.time;
    std::optional<Time> parsed;
    if (field.given()) {
      parsed = time_of(field);
    } else if (given(around_.time)) {
      parsed = parse_rfc3339(around_.time.text);
    } else if (around_.timestamp != kNoTime) {
      parsed = around_.timestamp;
    } else {
      return refuse(Rejection::bad_time,
                    "field \"time\" is absent, and the record has no timestamp: add \"time\"");
    }
    if (!parsed || *parsed < kEarliestTime || *parsed > kLatestTime) {
      return refuse(Rejection::bad_time,
                    "field \"time\" must be RFC 3339 with a zone, such as \"2026-11-20T08:00:00.25Z\", or an "
                    "integer of epoch milliseconds, in the years 1 to 9999");
    }
    time = *parsed;
    return not_too_far_ahead(time);
  }

  static std::optional<Time> time_of(const Field& field) {
    if (field.value.kind == Kind::text) return parse_rfc3339(field.value.text);
    if (!is_integer(field)) return std::nullopt;
    std::int64_t milliseconds = 0;
    const auto parsed = std::from_chars(field.raw.data(), field.raw.data() + field.raw.size(), milliseconds);
    if (parsed.ec != std::errc() || milliseconds < kEarliestTime / kMillisecond ||
        milliseconds > kLatestTime / kMillisecond) {
      return std::nullopt;
    }
    return milliseconds * kMillisecond;
  }

  bool not_too_far_ahead(Time time) {
    if (!options_.max_ahead || around_.timestamp == kNoTime) return true;
    if (time - around_.timestamp <= *options_.max_ahead) return true;
    return refuse(Rejection::too_far_ahead,
                  "field \"time\", " + format_rfc3339(time) + ", is more than " +
                      format_duration(*options_.max_ahead) + " ahead of the record's timestamp, " +
                      format_rfc3339(around_.timestamp) + ": mend the sender's clock");
  }

  // Something that names a class.
  bool take_label(const Value& from, std::string_view name, Value& label) {
    if (!given(from)) return true;
    label = from;
    return from.kind == Kind::text || from.kind == Kind::boolean || from.kind == Kind::number ||
           bad_field(name, "must be a text, a boolean or a number");
  }
  bool take_number(const Value& from, std::string_view name, Value& number) {
    if (!given(from)) return true;
    number = from;
    return from.kind == Kind::number || from.kind == Kind::not_finite || bad_field(name, "must be a number");
  }

  bool take_latency(std::optional<double>& latency) {
    const Value& from = fields_.latency_ms.value;
    if (!given(from)) return true;
    if (from.kind != Kind::number || from.number < 0) {
      return bad_field("latency_ms", "must be a number of milliseconds, 0 or more");
    }
    latency = from.number;
    return true;
  }

  bool take_what_was_predicted(PredictionEvent& event) {
    const PredictionFields& from = fields_.prediction;
    switch (from.kind) {
      case Kind::number:
      case Kind::not_finite:
        event.value = from.bare;
        return true;
      case Kind::text:
      case Kind::boolean:
        event.label = from.bare;
        return true;
      case Kind::array:
        return bad_field("prediction", "must be a number, a text, a boolean or an object");
      case Kind::absent:
      case Kind::null:
        return true;
      case Kind::object:
        break;
    }
    return take_label(from.label, "prediction.label", event.label) &&
           take_number(from.value, "prediction.value", event.value) &&
           take_number(from.score, "prediction.score", event.score) && take_scores(event);
  }

  bool take_scores(PredictionEvent& event) {
    const Kind kind = fields_.prediction.scores_kind;
    if (kind == Kind::absent || kind == Kind::null) return true;
    if (kind != Kind::object || !fields_.prediction.scores_are_numbers) {
      return bad_field("prediction.scores", "must be an object with a number for each class");
    }
    event.scores = fields_.scores;
    return true;
  }

  bool take_features(PredictionEvent& event) {
    const Kind kind = fields_.features_kind;
    if (kind == Kind::absent || kind == Kind::null) return true;
    event.features = fields_.features;
    for (const Feature& feature : event.features)
      if (!fits(feature.name, "features")) return false;
    return kind == Kind::object || bad_field("features", "must be an object");
  }

  bool take_prediction(PredictionEvent& event) {
    event.model = fields_.model.value.text;
    event.failed = fields_.status.value.kind == Kind::text && fields_.status.value.text == "error";
    return take_id(event.id) && take_name(fields_.version, "version", numbers_.version, event.version) &&
           take_features(event) && take_what_was_predicted(event) &&
           take_name(fields_.variant, "variant", numbers_.variant, event.variant) &&
           take_latency(event.latency_ms) && take_time(event.time);
  }

  bool take_feedback(FeedbackEvent& event) {
    event.model = fields_.model.value.text;
    if (!take_id(event.id)) return false;
    if (event.id.empty()) return bad_field("id", "is absent or empty: name the prediction that this judges");
    if (!take_name(fields_.version, "version", numbers_.version, event.version)) return false;
    if (!take_label(fields_.label.value, "label", event.label)) return false;
    const Value& value = fields_.value.value;
    if (given(value) && value.kind != Kind::number) return bad_field("value", "must be a number");
    if (given(value)) event.value = value;
    if (!given(event.label) && !given(event.value)) {
      return bad_field("label", "and \"value\" are both absent: give one of them");
    }
    return take_time(event.time);
  }

  bool take_model_event(ModelEvent& event) {
    event.model = fields_.model.value.text;
    if (!take_name(fields_.version, "version", numbers_.version, event.version)) return false;
    const Value& name = fields_.event.value;
    const auto known = name.kind == Kind::text ? lifecycle_of(name.text) : std::nullopt;
    if (!known) {
      return bad_field("event",
                       "must be one of registered, deployed, retraining_started, retraining_finished, "
                       "retraining_failed, rolled_back and retired");
    }
    event.event = *known;
    event.metadata = fields_.metadata.given() ? fields_.metadata.raw : "{}";
    if (fields_.metadata.given() && fields_.metadata.value.kind != Kind::object) {
      return bad_field("metadata", "must be an object");
    }
    return fits(event.metadata, "metadata", kTextsOfMetadata) && take_time(event.time);
  }

  const EventFields& fields_;
  const EventSurroundings& around_;
  const DecoderOptions& options_;
  NumberTexts& numbers_;
  std::string_view type_;
  std::optional<Refusal> refusal_;
};

}  // namespace

std::optional<Refusal> make_event(const EventFields& fields, const EventSurroundings& around,
                                  const DecoderOptions& options, NumberTexts& numbers, Event& event) {
  return Judge(fields, around, options, numbers).judge(event);
}

}  // namespace driftd::collector
