// A JSON number of an event: accepted to the letter of RFC 8259, and the very double that the C library
// reads, on the fast path as on the slow one.
#include <bit>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "collector/decoders/json_number.h"
#include "tests/fuzz/round_trip.h"

namespace {

std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }

bool is_json_number(const std::string& text) {
  const bool begins = !text.empty() && (text.front() == '-' || (text.front() >= '0' && text.front() <= '9'));
  const bool ends = begins && text.back() >= '0' && text.back() <= '9';  // white space is no number
  // Beyond the range of a double the parser of the other library gives up; the grammar does not.
  return ends && (nlohmann::json::accept(text) || std::isinf(std::strtod(text.c_str(), nullptr))) &&
         text.find_first_not_of("0123456789+-.eE") == std::string::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::collector;
  using driftd::fuzz::require;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string padded = text + ",\"x\":1234567";
  const char* const end = padded.data() + size;
  const double expected = std::strtod(text.c_str(), nullptr);
  double value = 0;
  if (parse_short_number(padded.data(), end, value)) {
    require(is_json_number(text), "what the fast path takes is a number");
    require(bits(value) == bits(expected), "and the one that the C library reads");
  }
  const JsonNumber number = parse_number(padded.data());
  const bool whole = number.end == end;
  if (!whole) {
    require(!nlohmann::json::accept(text) || !is_json_number(text), "a number is taken");
    return 0;
  }
  require(is_json_number(text), "what is taken is a number");
  require(bits(number.value) == bits(expected), "and the one that the C library reads");
  require(number.integer == (text.find_first_of(".eE") == std::string::npos), "an integer is told apart");
  return 0;
}
