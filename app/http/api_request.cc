#include "app/http/api_request.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/http/json.h"

namespace driftd::app {
namespace {

constexpr std::array<std::string_view, 8> kParameters = {"column",   "segment", "statistic", "metric",
                                                         "estimate", "version", "from",      "to"};

constexpr std::size_t kLongestReason = 1000;  // of bytes

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::refused:
      return 409;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::corrupt:
    case ErrorCode::io:
      return 500;
  }
  return 500;
}

// RFC 3339, or an integer of epoch milliseconds, as in events.
std::optional<Time> time_of(const std::string& text) {
  std::int64_t milliseconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, milliseconds);
  if (fault != std::errc() || stop != end) return parse_rfc3339(text);
  if (milliseconds < kEarliestTime / kMillisecond || milliseconds > kLatestTime / kMillisecond)
    return std::nullopt;
  return milliseconds * kMillisecond;
}

std::optional<Error> read_time(const Target& target, std::string_view name, Time& time) {
  const std::string* text = target.find(name);
  if (text == nullptr || text->empty()) return std::nullopt;
  const std::optional<Time> parsed = time_of(*text);
  if (!parsed) {
    return Error{ErrorCode::invalid,
                 std::string(name) + ": " + *text +
                     " is neither RFC 3339 with a zone nor an integer of epoch milliseconds"};
  }
  time = *parsed;
  return std::nullopt;
}

}  // namespace

Result<SeriesQuery> series_query(const ApiRequest& request) {
  const Target& target = request.target;
  for (const auto& [name, value] : target.query) {
    if (std::find(kParameters.begin(), kParameters.end(), name) == kParameters.end()) {
      return Error{ErrorCode::invalid,
                   "unknown parameter " + name +
                       "; known: column, segment, statistic, metric, estimate, version, from, to"};
    }
  }
  const auto text = [&](std::string_view name) {
    const std::string* value = target.find(name);
    return value != nullptr ? *value : std::string();
  };
  SeriesQuery query;
  query.model = request.names.at(0);
  if (target.find("version") != nullptr) query.version = text("version");
  query.segment = text("segment");
  query.column = text("column");
  query.statistic = text("statistic");
  query.metric = text("metric");
  query.estimate = text("estimate");
  if (query.metric.empty() == query.statistic.empty()) {
    return Error{ErrorCode::invalid, "give either statistic= (with column=) or metric="};
  }
  if (query.column.empty() != query.statistic.empty()) {
    return Error{ErrorCode::invalid, "column= and statistic= go together"};
  }
  if (!query.estimate.empty() && query.metric.empty())
    return Error{ErrorCode::invalid, "estimate= goes with metric="};
  if (!query.estimate.empty() && query.estimate != "value" && query.estimate != "error")
    return Error{ErrorCode::invalid, "estimate: " + query.estimate + " is neither value nor error"};
  if (auto fault = read_time(target, "from", query.from)) return *std::move(fault);
  if (auto fault = read_time(target, "to", query.to)) return *std::move(fault);
  if (query.from > query.to) return Error{ErrorCode::invalid, "from= is after to="};
  return query;
}

Response failure(int status, std::string_view message) {
  Response response;
  response.status = status;
  response.body = error_document(message);
  return response;
}

Response failure(const Error& error) { return failure(status_of(error.code), error.message); }

Result<bool> now_asked(const ApiRequest& request) {
  for (const auto& [name, value] : request.target.query)
    if (name != "now") return Error{ErrorCode::invalid, "unknown parameter " + name + "; known: now"};
  const std::string* now = request.target.find("now");
  if (now == nullptr || *now == "false") return false;
  if (now->empty() || *now == "true") return true;
  return Error{ErrorCode::invalid, "now: " + *now + " is neither true nor false"};
}

Result<SlicesQuery> slices_query(const ApiRequest& request) {
  SlicesQuery query;
  query.model = request.names.at(0);
  for (const auto& [name, value] : request.target.query) {
    if (name == "version") {
      query.version = value;
    } else if (name != "window") {
      return Error{ErrorCode::invalid, "unknown parameter " + name + "; known: version, window"};
    } else {
      query.window = parse_duration(value);
      if (!query.window || *query.window <= 0)
        return Error{ErrorCode::invalid, "window: " + value + " is no duration like 6h or 7d"};
    }
  }
  return query;
}

Result<RetrainQuery> retrain_query(const ApiRequest& request) {
  RetrainQuery query;
  query.model = request.names.at(0);
  const auto take = [&](std::string_view name, const std::string& value) {
    if (name == "version")
      query.version = value;
    else if (name == "reason")
      query.reason = value.substr(0, kLongestReason);
    else
      return false;
    return true;
  };
  const auto unknown = [](const std::string& name) {
    return Error{ErrorCode::invalid, "unknown key " + name + "; known: version, reason"};
  };
  for (const auto& [name, value] : request.target.query)
    if (!take(name, value)) return unknown(name);
  if (request.body.empty()) return query;
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object()) return Error{ErrorCode::invalid, "the body is no JSON object"};
  for (const auto& [name, value] : body.items()) {
    if (!value.is_string()) return Error{ErrorCode::invalid, name + " is no text"};
    if (!take(name, value.get<std::string>())) return unknown(name);
  }
  return query;
}

Response answer(Result<std::string> document) {
  if (!document) return failure(document.error());
  Response response;
  response.body = *std::move(document);
  return response;
}

Response answer(const Status& done) {
  if (!done) return failure(done.error());
  Response response;
  response.body = R"({"status":"done"})";
  return response;
}

}  // namespace driftd::app
