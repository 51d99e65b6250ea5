#include <nlohmann/json.hpp>

#include "alerts/template.h"

namespace driftd::alerts {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string on_one_line(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return out;
}

std::string inside_json(std::string_view text) {
  const auto replace = nlohmann::json::error_handler_t::replace;
  const std::string quoted = nlohmann::json(text).dump(-1, ' ', false, replace);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace

std::string escape(Place place, std::string_view text) {
  switch (place) {
    case Place::url:
      return percent_encoded(text);
    case Place::header:
      return on_one_line(text);
    case Place::json:
      return inside_json(text);
    case Place::plain:
      break;
  }
  return std::string(text);
}

}  // namespace driftd::alerts
