#include "collector/decoders/cloudevents.h"

#include <algorithm>
#include <cctype>

namespace driftd::collector {
namespace {

bool starts_with_any_case(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

Value text_value(std::string_view text) { return {.kind = Value::Kind::text, .text = text}; }

// Attributes are texts; anything else is as good as absent.
void read_attribute(JsonReader& json, Value& attribute) {
  json.read(attribute);
  if (attribute.kind != Value::Kind::text) attribute = {};
}

}  // namespace

Envelope read_envelope(std::span<const Header> headers) {
  Envelope envelope;
  bool version = false;
  bool source = false;
  for (const Header& header : headers) {
    if (!header.value) continue;
    const std::string_view name = header.name;
    if (name.size() == 12 && starts_with_any_case(name, "content-type") &&
        starts_with_any_case(*header.value, "application/cloudevents")) {
      return {.mode = EnvelopeMode::structured, .id = {}, .type = {}, .time = {}};
    }
    if (name == "ce_specversion") version = true;
    if (name == "ce_source") source = true;
    if (name == "ce_id") envelope.id = text_value(*header.value);
    if (name == "ce_type") envelope.type = text_value(*header.value);
    if (name == "ce_time") envelope.time = text_value(*header.value);
  }
  const auto there = [](const Value& value) { return value.kind != Value::Kind::absent; };
  if (!version || !source || !there(envelope.id) || !there(envelope.type)) return {};
  envelope.mode = EnvelopeMode::binary;
  return envelope;
}

StructuredData read_structured(JsonReader& json, EventFieldsReader& reader, Envelope& envelope,
                               EventFields& fields) {
  fields.clear();
  Field data, base64, encoding;
  if (!json.enter_object()) return {};
  std::string_view name;
  while (json.next_field(name)) {
    if (name == "data") {
      data = {};
      if (json.peek() == '{') {
        reader.read(json, fields);
        data.value.kind = Value::Kind::object;
      } else {
        json.read(data.value);
      }
    } else if (name == "data_base64") {
      json.read(base64.value);
    } else if (name == "datacontentencoding") {
      json.read(encoding.value);
    } else if (name == "id") {
      read_attribute(json, envelope.id);
    } else if (name == "type") {
      read_attribute(json, envelope.type);
    } else if (name == "time") {
      read_attribute(json, envelope.time);
    } else {
      json.skip();
    }
  }
  if (!data.given() && base64.value.kind == Value::Kind::text) {
    return {.kind = Value::Kind::absent, .base64 = base64.value.text, .is_base64 = true};
  }
  // Version 0.3 says in an attribute that `data` itself is encoded.
  if (data.value.kind == Value::Kind::text && encoding.value.text == "base64") {
    return {.kind = Value::Kind::absent, .base64 = data.value.text, .is_base64 = true};
  }
  return {.kind = data.value.kind, .base64 = {}, .is_base64 = false};
}

std::optional<std::string> decode_base64(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (text.size() % 4 == 0) {
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return bytes;
}

}  // namespace driftd::collector
