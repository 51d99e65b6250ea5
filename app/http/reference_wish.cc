#include "app/http/reference_wish.h"

#include <nlohmann/json.hpp>

namespace driftd::app {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestOrder = 4096;  // bytes; whatever is longer is a profile
constexpr const char* kForms =
    R"(give a profile as `driftd profile` writes it, {"last": "7d"}, {"adopt": 3} or {"digest": "sha256:..."})";

Error wrong(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

std::optional<Error> read_parameters(const Target& target, ReferenceWish& wish) {
  for (const auto& [name, value] : target.query) {
    if (name == "version") {
      wish.version = value;
    } else if (name == "preview") {
      if (value != "true" && value != "false")
        return wrong("preview: " + value + " is neither true nor false");
      wish.preview = value == "true";
    } else {
      return wrong("unknown parameter " + name + "; known: version, preview");
    }
  }
  return std::nullopt;
}

std::optional<Error> read_last(const Json& value, ReferenceWish& wish) {
  if (value.is_string()) wish.last = parse_duration(value.get<std::string>());
  if (!wish.last || *wish.last <= 0) return wrong("last: is no duration like 7d");
  return std::nullopt;
}

std::optional<Error> read_member(const std::string& name, const Json& value, ReferenceWish& wish) {
  if (name == "last") return read_last(value, wish);
  if (name == "adopt") {
    if (!value.is_number_integer()) return wrong("adopt: is no number of a kept reference");
    wish.number = value.get<std::int64_t>();
  } else if (name == "digest") {
    if (!value.is_string() || value.get<std::string>().empty()) return wrong("digest: is no text");
    wish.digest = value.get<std::string>();
  } else if (name == "version") {
    if (!value.is_string()) return wrong("version: is no text");
    wish.version = value.get<std::string>();
  } else {
    return wrong("unknown member " + name + "; " + kForms);
  }
  return std::nullopt;
}

}  // namespace

Result<ReferenceWish> reference_wish(const ApiRequest& request) {
  ReferenceWish wish;
  wish.model = request.names.at(0);
  if (auto fault = read_parameters(request.target, wish)) return *std::move(fault);
  if (request.body.empty()) return wrong(std::string("a body is needed: ") + kForms);
  if (request.body.size() <= kLongestOrder) {
    const Json order = Json::parse(request.body, nullptr, false);
    if (!order.is_object()) return wrong(std::string("the body is no JSON object; ") + kForms);
    if (!order.contains("format")) {
      for (const auto& [name, value] : order.items())
        if (auto fault = read_member(name, value, wish)) return *std::move(fault);
      const int given = (wish.last ? 1 : 0) + (wish.number ? 1 : 0) + (wish.digest.empty() ? 0 : 1);
      if (given != 1) return wrong(std::string("one thing to adopt is needed; ") + kForms);
      return wish;
    }
  }
  wish.profile = request.body;
  return wish;
}

}  // namespace driftd::app
