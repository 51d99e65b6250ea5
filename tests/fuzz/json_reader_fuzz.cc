// The reader of events' JSON against another library: what one accepts the other does, and both read the same
// out of it. Left out: nesting deeper than is allowed, fields that come twice, numbers beyond a double,
// and zero bytes, at which the other library stops.
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/decoders/json_reader.h"
#include "tests/fuzz/round_trip.h"

namespace {

using namespace driftd;
using namespace driftd::collector;
using driftd::fuzz::require;
using Json = nlohmann::json;

void require_same(const Value& value, const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return require(value.kind == Value::Kind::null, "null");
    case Json::value_t::boolean:
      return require(value.kind == Value::Kind::boolean && (value.text == "true") == json.get<bool>(),
                     "boolean");
    case Json::value_t::string:
      return require(value.kind == Value::Kind::text && value.text == json.get_ref<const std::string&>(),
                     "text");
    case Json::value_t::array:
      return require(value.kind == Value::Kind::array && Json::parse(value.text) == json, "array");
    case Json::value_t::object:
      return require(value.kind == Value::Kind::object, "object");
    default:
      return require(value.kind == Value::Kind::number && value.number == json.get<double>(), "number");
  }
}

// Walks the object that the index holds beside the one that the other library read, if it did.
void check(JsonReader& reader, const std::optional<Json>& json) {
  std::size_t fields = 0;
  std::string_view name;
  Value value;
  bool more = reader.enter_object();
  while (more) {
    more = reader.next_plain_field(name, value) || (reader.next_field(name) && reader.read(value));
    if (!more || !json) continue;
    const auto field = json->find(name);
    require(field != json->end(), "a field that the other library knows");
    require_same(value, *field);
    ++fields;
  }
  if (reader.fault() == JsonFault::too_deep) return;
  require(reader.finish() == json.has_value(), "both accept it or neither does");
  require(!json || fields == json->size(), "no field is passed over");
}

// Empty where the text is none of JSON, or a number in it is beyond a double (`beyond`). `twice`: some object
// names a field twice, of which this library keeps the last.
struct Parsed {
  std::optional<Json> json;
  bool beyond = false;
  bool twice = false;
};

Parsed parsed(const std::string& text) {
  Parsed result;
  std::vector<std::set<std::string>> names;
  const auto watch = [&](int, Json::parse_event_t event, Json& part) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key)
      result.twice |= !names.back().insert(part.get<std::string>()).second;
    return true;
  };
  try {
    result.json = Json::parse(text, watch);
  } catch (const Json::out_of_range&) {
    result.beyond = true;
  } catch (const Json::exception&) {
    result.json.reset();
  }
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (text.find('\0') != std::string::npos) return 0;
  const Parsed other = parsed(text);
  if (other.beyond || other.twice) return 0;
  JsonIndex index;
  if (index.build(text) != JsonIndex::Outcome::ok) {
    require(!other.json, "what has no index is no JSON");
    return 0;
  }
  JsonReader reader;
  reader.open(index);
  if (reader.peek() == '{') check(reader, other.json);
  return 0;
}
