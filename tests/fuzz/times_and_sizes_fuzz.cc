// Times, durations, sizes, numbers and base64 from configuration, requests and events: what is read is
// written as text that reads back, and the number is the one that the C library reads.
#include <cstdlib>

#include "alerts/signature.h"
#include "core/field_types.h"
#include "core/time.h"
#include "detectors/base64.h"
#include "tests/fuzz/round_trip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd;
  using driftd::fuzz::require;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto time = parse_rfc3339(text)) {
    require(*time >= kEarliestTime && *time <= kLatestTime + kSecond, "a time lies in the years 1 to 9999");
    require(parse_rfc3339(format_rfc3339(*time)) == time, "a time reads back");
  }
  if (const auto duration = parse_duration(text)) {
    require(*duration >= 0, "a duration has no sign");
    require(parse_duration(format_duration(*duration)) == duration, "a duration reads back");
  }
  if (const auto bytes = parse_size(text)) {
    require(*bytes >= 0, "a size has no sign");
    require(parse_size(format_size(*bytes)) == bytes, "a size reads back");
  }
  if (const auto integer = parse_integer(text))
    require(std::strtoll(text.c_str(), nullptr, 10) == *integer, "an integer is what the C library reads");
  if (const auto number = parse_number(text))
    require(std::strtod(text.c_str(), nullptr) == *number, "a number is what the C library reads");
  if (const auto bytes = detectors::bytes_of_base64(text))
    require(detectors::base64_of(*bytes) == text, "base64 of a profile is canonical");
  if (const auto bytes = alerts::base64_decoded(text))
    require(alerts::base64_decoded(alerts::base64(*bytes)) == bytes, "base64 of a secret reads back");
  require(alerts::base64_decoded(alerts::base64(text)) == text, "any bytes read back from base64");
  require(detectors::bytes_of_base64(detectors::base64_of(text)) == text, "also in a profile");
  return 0;
}
