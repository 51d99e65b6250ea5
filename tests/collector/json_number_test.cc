// Expected values come from strtod() and from the grammar of RFC 8259.
#include "collector/decoders/json_number.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::collector {
namespace {

// RFC 8259, section 6: [minus] int [frac] [exp].
bool is_json_number(std::string_view text) {
  const auto take = [&](std::string_view any) {
    const bool found = !text.empty() && any.find(text.front()) != std::string_view::npos;
    if (found) text.remove_prefix(1);
    return found;
  };
  const auto digits = [&] {
    std::size_t count = 0;
    while (take("0123456789")) ++count;
    return count > 0;
  };
  take("-");
  if (!take("0") && !digits()) return false;
  if (take(".") && !digits()) return false;
  if (take("eE")) {
    take("+-");
    if (!digits()) return false;
  }
  return text.empty();
}

double value_of(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

// Every text of up to `most` of these characters.
std::vector<std::string> texts_of(std::string_view characters, std::size_t most) {
  std::vector<std::string> texts{""};
  for (std::size_t begin = 0, size = 1; size <= most; ++size) {
    const std::size_t end = texts.size();
    for (; begin < end; ++begin)
      for (const char c : characters) texts.push_back(texts[begin] + c);
  }
  return texts;
}

void expect_right(const std::string& text) {
  const std::string padded = text + ",\"x\":1234567";
  double value = 0;
  if (parse_short_number(padded.data(), padded.data() + text.size(), value)) {
    ASSERT_TRUE(is_json_number(text)) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(value), std::bit_cast<std::uint64_t>(value_of(text))) << text;
  }
  const JsonNumber number = parse_number(padded.data());
  ASSERT_EQ(number.end == padded.data() + text.size(), is_json_number(text)) << text;
  if (is_json_number(text)) {
    ASSERT_EQ(std::bit_cast<std::uint64_t>(number.value), std::bit_cast<std::uint64_t>(value_of(text)))
        << text;
  }
}

TEST(JsonNumber, EveryShortTextIsReadByTheGrammarOrRefused) {
  for (const std::string& text : texts_of("-.0e79 ", 6)) expect_right(text);
  for (const std::string& text : texts_of("-.05", 9)) expect_right(text);
}

TEST(JsonNumber, BytesThatAreNoDigitsNeverMakeAShortNumber) {
  for (int byte = 1; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 6; ++at) {
      std::string text = "12.345";
      text[at] = static_cast<char>(byte);
      const std::string padded = text + "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
      double value = 0;
      const bool taken = parse_short_number(padded.data(), padded.data() + text.size(), value);
      ASSERT_EQ(taken, is_json_number(text) && text.find_first_of("eE") == std::string::npos) << text;
    }
  }
}

TEST(JsonNumber, EverySignAndPlaceOfThePointIsTaken) {
  for (const std::string digits : {"7", "41", "365", "9999", "12345", "100000", "1234567", "98765432"}) {
    for (std::size_t point = 1; point <= digits.size(); ++point) {
      std::string text = digits;
      if (point < digits.size()) text.insert(point, ".");
      if (text.size() > 8) continue;
      for (const std::string& given : {text, "-" + text}) {
        const std::string padded = given + "}       ";
        double value = 0;
        ASSERT_TRUE(parse_short_number(padded.data(), padded.data() + given.size(), value)) << given;
        EXPECT_EQ(value, value_of(given)) << given;
      }
    }
  }
}

}  // namespace
}  // namespace driftd::collector
