#include "collector/decoders/json_number.h"

#include <charconv>
#include <limits>
#include <string_view>

namespace driftd::collector {
namespace {

// Of a number outside the range of doubles: whether it is too large (or else too small). Which of the
// two follows from the sign of its order of magnitude.
bool is_huge(std::string_view number) {
  std::int64_t magnitude = 0;  // of the first digit that is not 0
  const auto mark = number.find_first_of("eE");
  const std::string_view mantissa = number.substr(0, mark);
  const auto point = mantissa.find('.');
  const auto first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return false;
  const auto units = static_cast<std::int64_t>(point == std::string_view::npos ? mantissa.size() : point);
  magnitude = units - static_cast<std::int64_t>(first);
  if (mark == std::string_view::npos) return magnitude > 0;
  std::string_view power = number.substr(mark + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto parsed = std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (parsed.ec == std::errc::result_out_of_range) return !power.starts_with('-');
  // Neither can be near the limits of 64 bits together: the mantissa is shorter than a record.
  constexpr std::int64_t kLimit = std::int64_t{1} << 62;
  if (exponent > kLimit || exponent < -kLimit) return exponent > 0;
  return magnitude + exponent > 0;
}

}  // namespace

std::optional<std::int64_t> parse_exponent(const char*& at) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool minus = *at == '-';
  if (*at == '-' || *at == '+') ++at;
  if (!is_digit(*at)) return std::nullopt;
  std::int64_t power = 0;
  for (; is_digit(*at); ++at) power = power < 100'000'000 ? power * 10 + (*at - '0') : power;
  return minus ? -power : power;
}

double parse_number_slowly(const char* begin, const char* end) {
  double value = 0;
  const auto parsed = std::from_chars(begin, end, value);
  if (parsed.ec != std::errc::result_out_of_range) return value;
  const double size =
      is_huge({begin, static_cast<std::size_t>(end - begin)}) ? std::numeric_limits<double>::infinity() : 0;
  return *begin == '-' ? -size : size;
}

}  // namespace driftd::collector
