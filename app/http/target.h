// A request's target taken apart: "/api/v1/models/a%2Fb/series?column=age&segment=country%3DDE".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace driftd::app {

// "%41" is "A", and '+' a space where `plus_is_space`. Empty where a '%' is not followed by two
// hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

// The opposite, for one segment of a path or one value of a query: all but A-Z a-z 0-9 - . _ ~.
std::string percent_encoded(std::string_view text);

struct Target {
  std::vector<std::string> path;  // decoded segments; "/" has none, "/a/" has "a" and ""
  std::vector<std::pair<std::string, std::string>> query;

  // The value of the first parameter of that name, or nullptr.
  [[nodiscard]] const std::string* find(std::string_view name) const;
};

// Origin form alone ("/..."); empty where it is not, or an escape is faulty.
std::optional<Target> parse_target(std::string_view text);

}  // namespace driftd::app
