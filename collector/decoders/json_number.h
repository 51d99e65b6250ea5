// A JSON number's text -> double, correctly rounded, to the letter of RFC 8259.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>

namespace driftd::collector {

struct JsonNumber {
  double value = 0;           // an infinity where the number is beyond the range of a double
  const char* end = nullptr;  // behind the number; null: no number begins here
  bool integer = false;       // written without fraction and exponent
};

// The exponent behind the "e", and `at` behind the exponent; beyond 10^8 it stays there. None where it is
// none.
std::optional<std::int64_t> parse_exponent(const char*& at);

// What the fast path leaves: more than 2^53 in digits, or a large exponent. [begin, end) is a number.
double parse_number_slowly(const char* begin, const char* end);

// Takes the digits at `at` and adds them to `digits`, which may wrap around.
[[gnu::always_inline]] inline void take_digits(const char*& at, std::uint64_t& digits) {
  while (static_cast<unsigned char>(*at - '0') < 10)
    digits = digits * 10 + static_cast<std::uint64_t>(*at++ - '0');
}

// Eight digits, the first of them in the lowest byte: pairs, then fours, then all.
[[gnu::always_inline]] inline std::uint64_t join_eight_digits(std::uint64_t bytes) {
  bytes = bytes * 10 + (bytes >> 8);
  return ((bytes & 0x000000FF000000FF) * 0x000F424000000064 +
          ((bytes >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
         32;
}

// The high bit of each byte that is more than 9, right up to the lowest such byte; zero where there is none.
[[gnu::always_inline]] inline std::uint64_t mark_beyond_nine(std::uint64_t bytes) {
  return ((bytes + 0x7676767676767676) | bytes) & 0x8080808080808080;
}

// The same for what may be long: eight at a time as long as there are eight
// (D. Lemire, Number parsing at a gigabyte per second, Software: Practice and Experience 51, 2021).
[[gnu::always_inline]] inline void take_many_digits(const char*& at, std::uint64_t& digits) {
  static_assert(std::endian::native == std::endian::little);
  while (true) {
    std::uint64_t chunk = 0;
    std::memcpy(&chunk, at, sizeof chunk);
    chunk ^= 0x3030303030303030;
    if (mark_beyond_nine(chunk) != 0) break;
    digits = digits * 100'000'000 + join_eight_digits(chunk);
    at += 8;
  }
  take_digits(at, digits);
}

inline constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// The number that fills [begin, end), if it has at most eight characters behind its sign and no exponent:
// what parse_number() gives, without a branch that depends on its length or on where its point is. False
// leaves everything open. Precondition: eight bytes at `end` can be read.
[[gnu::always_inline]] inline bool parse_short_number(const char* begin, const char* end, double& value) {
  const bool negative = *begin == '-';
  const char* const first = begin + (negative ? 1 : 0);
  const auto length = static_cast<std::size_t>(end - first);
  if (length - 1 > 7) return false;
  std::uint64_t digits = 0;
  std::memcpy(&digits, first, sizeof digits);
  // Zeros come first: the last character is in the highest byte.
  digits = (digits ^ 0x3030303030303030) << (8 * (8 - length));
  std::size_t whole = length;
  std::size_t fraction = 0;
  if (const std::uint64_t marks = mark_beyond_nine(digits); marks != 0) {
    const auto point = static_cast<unsigned>(std::countr_zero(marks)) & ~7U;
    fraction = 7 - point / 8;
    whole = length - 1 - fraction;
    const bool only_one = (marks & (marks - 1)) == 0 && (digits >> point & 0xFF) == ('.' ^ '0');
    if (!only_one || fraction == 0 || whole == 0) return false;
    // Those before the point move over it.
    const std::uint64_t before = (std::uint64_t{1} << point) - 1;
    digits = (digits & before) << 8 | (digits & ~before & ~(std::uint64_t{0xFF} << point));
  }
  if (*first == '0' && whole > 1) return false;
  const auto size = static_cast<double>(static_cast<std::int64_t>(join_eight_digits(digits)));
  value = (negative ? -size : size) / kPowersOfTen[fraction];
  return true;
}

// Precondition: eight bytes after the number's end can be read, the first of which belongs to no number.
[[gnu::always_inline]] inline JsonNumber parse_number(const char* begin) {
  const char* at = begin;
  const bool negative = *at == '-';
  if (negative) ++at;

  std::uint64_t digits = 0;  // wraps around only if there are more than 19 of them
  const char* const first = at;
  take_digits(at, digits);
  if (at == first || (*first == '0' && at - first > 1)) return {};
  auto count = at - first;
  std::int64_t exponent = 0;
  bool integer = true;
  if (*at == '.') {
    integer = false;
    const char* const fraction = ++at;
    take_many_digits(at, digits);
    if (at == fraction) return {};
    exponent = fraction - at;
    count += at - fraction;
  }
  if (*at == 'e' || *at == 'E') {
    integer = false;
    const auto power = parse_exponent(++at);
    if (!power) return {};
    exponent += *power;
  }

  // W. Clinger, How to read floating point numbers accurately, PLDI 1990: both operands are exact,
  // so that the one rounding of the operation is the right one.
  if (count <= 19 && digits <= (std::uint64_t{1} << 53) && exponent >= -22 && exponent <= 22) {
    const auto whole = static_cast<double>(static_cast<std::int64_t>(digits));
    const double size = exponent < 0 ? whole / kPowersOfTen[-exponent] : whole * kPowersOfTen[exponent];
    return {negative ? -size : size, at, integer};
  }
  return {parse_number_slowly(begin, at), at, integer};
}

}  // namespace driftd::collector
