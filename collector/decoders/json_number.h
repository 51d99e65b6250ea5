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

// The same for what may be long: eight at a time as long as there are eight
// (D. Lemire, Number parsing at a gigabyte per second, Software: Practice and Experience 51, 2021).
[[gnu::always_inline]] inline void take_many_digits(const char*& at, std::uint64_t& digits) {
  static_assert(std::endian::native == std::endian::little);
  while (true) {
    std::uint64_t chunk;
    std::memcpy(&chunk, at, sizeof chunk);
    chunk ^= 0x3030303030303030;
    if ((((chunk + 0x7676767676767676) | chunk) & 0x8080808080808080) != 0) break;
    // Pairs, then fours, then all eight.
    chunk = chunk * 10 + (chunk >> 8);
    chunk = ((chunk & 0x000000FF000000FF) * 0x000F424000000064 +
             ((chunk >> 16) & 0x000000FF000000FF) * 0x0000271000000001) >>
            32;
    digits = digits * 100'000'000 + chunk;
    at += 8;
  }
  take_digits(at, digits);
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
  static constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (count <= 19 && digits <= (std::uint64_t{1} << 53) && exponent >= -22 && exponent <= 22) {
    const auto whole = static_cast<double>(digits);
    const double size = exponent < 0 ? whole / kPowers[-exponent] : whole * kPowers[exponent];
    return {negative ? -size : size, at, integer};
  }
  return {parse_number_slowly(begin, at), at, integer};
}

}  // namespace driftd::collector
