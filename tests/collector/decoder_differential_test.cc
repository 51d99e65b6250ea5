// The decoder against nlohmann::json, which nobody here wrote: on random documents, and on ones that
// were damaged at random, both accept the same and see the same features.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "decoding.h"

namespace driftd::collector {
namespace {

using Json = nlohmann::json;
using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t limit) { return random() % limit; }

std::string random_number(Random& random) {
  std::string text = below(random, 3) == 0 ? "-" : "";
  text += below(random, 4) == 0 ? "0" : std::to_string(random() >> below(random, 64));
  if (text.ends_with("-")) text += "0";
  if (below(random, 2) == 0) {
    text += ".";
    for (std::size_t i = below(random, 25) + 1; i > 0; --i)
      text += static_cast<char>('0' + below(random, 10));
  }
  if (below(random, 3) == 0) {
    text += below(random, 2) == 0 ? "e" : "E";
    text += below(random, 3) == 0 ? "+" : below(random, 2) == 0 ? "-" : "";
    text += std::to_string(below(random, below(random, 5) == 0 ? 340 : 30));
  }
  return text;
}

std::string random_text(Random& random) {
  static const char* const kPieces[] = {"a",
                                        "B",
                                        "é",
                                        "€",
                                        "😀",
                                        " ",
                                        "\\n",
                                        "\\\"",
                                        "\\u00e9",
                                        "\\\\",
                                        "\\ud83d\\ude00",
                                        "{",
                                        "],",
                                        ":",
                                        "\\/",
                                        "long piece of text"};
  std::string text = "\"";
  for (std::size_t i = below(random, 6); i > 0; --i) text += kPieces[below(random, std::size(kPieces))];
  return text + "\"";
}

std::string space(Random& random) {
  static const char* const kSpaces[] = {"", "", "", "", " ", "\n", "\t ", "\r\n"};
  return kSpaces[below(random, std::size(kSpaces))];
}

std::string random_value(Random& random, int depth) {
  switch (below(random, depth > 0 ? 8 : 6)) {
    case 0:
      return "null";
    case 1:
      return below(random, 2) == 0 ? "true" : "false";
    case 2:
    case 3:
      return random_number(random);
    case 4:
    case 5:
      return random_text(random);
    case 6: {
      std::string text = "[" + space(random);
      for (std::size_t i = below(random, 4); i > 0; --i) {
        text += random_value(random, depth - 1) + space(random) + (i > 1 ? "," : "");
      }
      return text + "]";
    }
    default: {
      std::string text = "{" + space(random);
      for (std::size_t i = below(random, 4); i > 0; --i) {
        text += random_text(random) + space(random) + ":" + space(random) + random_value(random, depth - 1) +
                space(random) + (i > 1 ? "," + space(random) : "");
      }
      return text + "}";
    }
  }
}

std::string random_event(Random& random) {
  std::string text = R"({"type":"prediction","model":"m",)" + space(random) + R"("features":{)";
  for (std::size_t i = below(random, 8); i > 0; --i) {
    text += space(random) + (below(random, 3) == 0 ? random_text(random) : "\"f" + std::to_string(i) + "\"") +
            ":" + space(random) + random_value(random, 3) + (i > 1 ? "," : "");
  }
  return text + "}," + space(random) + R"("extra":)" + random_value(random, 4) + "}" + space(random);
}

void damage(Random& random, std::string& text) {
  static constexpr std::string_view kBytes = "{}[]:,\"\\0123456789.-+eEtfnu \n\f\x1a\xff\xc3z";
  for (std::size_t i = below(random, 3) + 1; i > 0 && !text.empty(); --i) {
    const std::size_t at = below(random, text.size());
    const char byte = kBytes[below(random, kBytes.size())];
    switch (below(random, 4)) {
      case 0:
        text.erase(at, 1 + below(random, 3));
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text[at] = byte;
        break;
      default:
        text.resize(at);
    }
  }
}

// nlohmann refuses numbers beyond a double; those are turned into a text that marks them first.
struct Oracle : nlohmann::json_sax<Json> {
  int depth = 0, deepest = 0;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return deeper(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return --depth >= 0; }
  bool start_array(std::size_t) override { return deeper(); }
  bool end_array() override { return --depth >= 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
    out_of_range = error.id == 406;
    return false;
  }
  bool deeper() {
    deepest = std::max(deepest, ++depth);
    return true;
  }
  bool out_of_range = false;
};

void expect_same_value(const Json& expected, const Value& value, const std::string& text) {
  switch (value.kind) {
    case Value::Kind::null:
      EXPECT_TRUE(expected.is_null()) << text;
      break;
    case Value::Kind::boolean:
      EXPECT_TRUE(expected.is_boolean() && value.text == expected.dump()) << text;
      break;
    case Value::Kind::number:
      EXPECT_TRUE(expected.is_number()) << text;
      EXPECT_EQ(value.number, expected.get<double>()) << text;
      break;
    case Value::Kind::text:
      EXPECT_TRUE(expected.is_string() && value.text == expected.get_ref<const std::string&>()) << text;
      break;
    case Value::Kind::array:
      EXPECT_TRUE(expected.is_array() && Json::parse(value.text) == expected) << text;
      break;
    case Value::Kind::object:
      EXPECT_TRUE(expected.is_object()) << text;
      break;
    default:
      ADD_FAILURE() << "kind " << static_cast<int>(value.kind) << " in " << text;
  }
}

void expect_same_features(const std::string& text, const Decoded& decoded) {
  const Json expected = Json::parse(text).at("features");
  const auto& event = std::get<PredictionEvent>(decoded.events.front());
  ASSERT_EQ(event.features.size(), expected.size()) << text;
  for (const Feature& feature : event.features) {
    const auto found = expected.find(std::string(feature.name));
    ASSERT_NE(found, expected.end()) << text;
    expect_same_value(*found, feature.value, text);
  }
}

int documents() { return std::getenv("DRIFTD_FULL") != nullptr ? 2'000'000 : 60'000; }

TEST(DecoderDifferential, SeesWhatAnotherParserSees) {
  Random random(20261120);
  Decoding decode;
  for (int i = 0; i < documents() / 4; ++i) {
    const std::string text = random_event(random);
    Oracle oracle;
    if (!Json::sax_parse(text, &oracle)) {
      ASSERT_TRUE(oracle.out_of_range) << text;
      continue;
    }
    const Decoded decoded = decode(text);
    ASSERT_FALSE(decoded.rejection) << decoded.message << "\n" << text;
    expect_same_features(text, decoded);
    if (HasFailure()) return;
  }
}

TEST(DecoderDifferential, RefusesWhatAnotherParserRefuses) {
  Random random(7);
  Decoding decode;
  int refused = 0;
  for (int i = 0; i < documents(); ++i) {
    std::string text = random_event(random);
    damage(random, text);
    Oracle oracle;
    const bool is_json = Json::sax_parse(text, &oracle);
    if (oracle.out_of_range || text.empty()) continue;
    const std::string reason = decode.reason(text);
    const bool refuses = reason == "not_json" || reason == "not_utf8";
    ASSERT_EQ(refuses, !is_json) << reason << "\n" << text;
    refused += refuses ? 1 : 0;
  }
  EXPECT_GT(refused, documents() / 4);
}

}  // namespace
}  // namespace driftd::collector
