#include "collector/decoder.h"

#include <string>

#include "collector/decoders/cloudevents.h"
#include "collector/decoders/driftd_json.h"
#include "collector/decoders/event_fields.h"
#include "collector/decoders/json_index.h"
#include "collector/decoders/json_reader.h"
#include "collector/decoders/long_texts.h"

namespace driftd::collector {

// The steps from bytes to an event; each that fails leaves a refusal.
class EventDecoder::Impl {
 public:
  explicit Impl(const DecoderOptions& options) : options_(options) {}

  Decoded decode(const Record& record, unsigned roles) {
    refusal_.reset();
    long_texts_.clear();
    Envelope envelope;
    if (!record.headers.empty()) envelope = read_envelope(record.headers);
    if (check_size(record) && check_envelope(envelope) && read(*record.value, envelope)) {
      const EventSurroundings around{envelope.id, envelope.type, envelope.time, roles, record.timestamp};
      // No text is longer than its record.
      if (record.value->size() > options_.max_text) long_texts_.shorten(fields_, options_.max_text);
      refusal_ = make_event(fields_, around, options_, numbers_, event_);
    }
    if (!refusal_)
      return {.events = {&event_, 1}, .rejection = {}, .message = {}, .shortened = long_texts_.count()};
    return {.events = {}, .rejection = refusal_->reason, .message = refusal_->message};
  }

 private:
  bool refuse(Rejection reason, std::string message) {
    refusal_ = {reason, std::move(message)};
    return false;
  }

  bool check_size(const Record& record) {
    if (!record.value || record.value->empty()) return refuse(Rejection::empty, "the record has no value");
    if (!record.oversized && record.value->size() <= options_.max_record) return true;
    return refuse(Rejection::too_large, "the record's value is larger than limits.max_record, " +
                                            std::to_string(options_.max_record) + " bytes");
  }

  // Headers are bytes; what becomes an id or a type has to be a text.
  bool check_envelope(const Envelope& envelope) {
    if (envelope.mode != EnvelopeMode::binary) return true;
    if (is_utf8(envelope.id.text) && is_utf8(envelope.type.text) && is_utf8(envelope.time.text)) return true;
    return refuse(Rejection::not_utf8, "the headers ce_id, ce_type and ce_time must be UTF-8");
  }

  bool read(std::string_view bytes, Envelope& envelope) {
    if (!build(index_, bytes)) return false;
    json_.open(index_);
    if (json_.peek() != '{') {
      json_.skip();
      return check_json() && not_an_object();
    }
    if (envelope.mode == EnvelopeMode::structured) return read_structured_event(envelope);
    reader_.read(json_, fields_);
    return check_json();
  }

  bool read_structured_event(Envelope& envelope) {
    const StructuredData data = read_structured(json_, reader_, envelope, fields_);
    if (!check_json()) return false;
    if (data.is_base64) return read_encoded_data(data.base64);
    switch (data.kind) {
      case Value::Kind::object:
        return true;
      case Value::Kind::absent:
      case Value::Kind::null:
        return refuse(Rejection::not_an_object, "the CloudEvent has no data");
      default:
        return not_an_object();
    }
  }

  // The envelope's texts live in index_ and json_: the data gets an index and a reader of its own.
  bool read_encoded_data(std::string_view base64) {
    const auto bytes = decode_base64(base64);
    if (!bytes) return refuse(Rejection::bad_field, "field \"data_base64\" must be base64");
    if (bytes->empty()) return refuse(Rejection::not_an_object, "the CloudEvent has no data");
    if (!build(data_index_, *bytes)) return false;
    data_json_.open(data_index_);
    if (data_json_.peek() == '{') {
      reader_.read(data_json_, fields_);
      return check_json(data_json_);
    }
    data_json_.skip();
    return check_json(data_json_) && not_an_object();
  }

  bool build(JsonIndex& index, std::string_view bytes) {
    switch (index.build(bytes)) {
      case JsonIndex::Outcome::ok:
        return true;
      case JsonIndex::Outcome::not_utf8:
        return refuse(Rejection::not_utf8, "the record's value is not UTF-8: send JSON as UTF-8");
      case JsonIndex::Outcome::not_json:
        break;
    }
    return refuse(Rejection::not_json,
                  "the record's value is not JSON: it is blank, a string is not closed, or a control "
                  "character is not escaped");
  }

  bool check_json() { return check_json(json_); }
  bool check_json(JsonReader& json) {
    if (json.finish()) return true;
    const std::string where = " at byte " + std::to_string(json.fault_position());
    if (json.fault() == JsonFault::too_deep) {
      return refuse(Rejection::too_deep,
                    "the JSON is nested deeper than " + std::to_string(kMaxNesting) + where);
    }
    return refuse(Rejection::not_json, "the record's value is not JSON: it goes wrong" + where);
  }

  bool not_an_object() {
    return refuse(Rejection::not_an_object,
                  "an event must be one JSON object, such as {\"type\":\"prediction\"}");
  }

  DecoderOptions options_;
  JsonIndex index_, data_index_;
  JsonReader json_, data_json_;
  EventFieldsReader reader_;
  EventFields fields_;
  LongTexts long_texts_;
  NumberTexts numbers_{};
  Event event_;
  std::optional<Refusal> refusal_;
};

EventDecoder::EventDecoder(const DecoderOptions& options) : impl_(std::make_unique<Impl>(options)) {}
EventDecoder::EventDecoder(EventDecoder&&) noexcept = default;
EventDecoder& EventDecoder::operator=(EventDecoder&&) noexcept = default;
EventDecoder::~EventDecoder() = default;

Decoded EventDecoder::decode(const Record& record, unsigned roles) { return impl_->decode(record, roles); }

}  // namespace driftd::collector
