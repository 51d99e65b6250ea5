#include "collector/decoders/json_string.h"

#include <cstdint>
#include <optional>

namespace driftd::collector {
namespace {

std::optional<std::uint32_t> take_hex4(std::string_view& rest) {
  if (rest.size() < 4) return std::nullopt;
  std::uint32_t unit = 0;
  for (const char c : rest.substr(0, 4)) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<std::uint32_t>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<std::uint32_t>(c - 'A' + 10);
    } else {
      return std::nullopt;
    }
    unit = unit << 4 | digit;
  }
  rest.remove_prefix(4);
  return unit;
}

// The code point that "\u" begins: one unit, or two that are a surrogate pair.
std::optional<std::uint32_t> take_code_point(std::string_view& rest) {
  const auto unit = take_hex4(rest);
  if (!unit || *unit < 0xD800 || *unit > 0xDFFF) return unit;
  if (*unit > 0xDBFF || !rest.starts_with("\\u")) return std::nullopt;
  rest.remove_prefix(2);
  const auto low = take_hex4(rest);
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
  return 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00);
}

void append_utf8(std::uint32_t point, std::string& out) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | (point >> shift & 0x3F))); };
  if (point < 0x80) {
    out.push_back(static_cast<char>(point));
  } else if (point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | point >> 6));
    tail(0);
  } else if (point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | point >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xF0 | point >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

bool append_unescaped(std::string_view inside, std::string& out) {
  while (!inside.empty()) {
    const auto escape = inside.find('\\');
    out.append(inside.substr(0, escape));
    if (escape == std::string_view::npos) return true;
    if (escape + 1 >= inside.size()) return false;
    const char kind = inside[escape + 1];
    inside.remove_prefix(escape + 2);
    static constexpr std::string_view kKinds = "\"\\/bfnrt";
    static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    if (const auto known = kKinds.find(kind); known != std::string_view::npos) {
      out.push_back(kMeant[known]);
    } else if (kind == 'u') {
      const auto point = take_code_point(inside);
      if (!point) return false;
      append_utf8(*point, out);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace driftd::collector
