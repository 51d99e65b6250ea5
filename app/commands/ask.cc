#include "app/commands/ask.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "app/http/client.h"

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;

// Characters, not bytes: whatever is no continuation of one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Names come from events: what would steer a terminal is shown as '?'.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

}  // namespace

void add_ask_options(CLI::App& app, AskOptions& options) {
  app.add_option("--url", options.url, "where the running driftd listens")->capture_default_str();
  app.add_option("--format", options.format, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
}

Result<Json> ask(const AskOptions& options, const std::string& method, const std::string& target,
                 const std::string& body) {
  const Result<Reply> reply = http_call(options.url, method, target, std::chrono::seconds(30), body);
  if (!reply) return reply.error();
  Json document = Json::parse(reply->body, nullptr, false);
  if (reply->status / 100 == 2 && !document.is_discarded()) return document;
  const bool told = document.is_object() && document.contains("error") && document["error"].is_string();
  const std::string words =
      told ? document["error"].get<std::string>() : "answer " + std::to_string(reply->status);
  return Error{reply->status == 404 ? ErrorCode::not_found : ErrorCode::refused, options.url + ": " + words};
}

void print_table(std::ostream& out, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out << row[i];
      if (i + 1 < row.size()) out << std::string(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out << '\n';
  }
}

std::string cell(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "-";
  return printable(found->is_string() ? found->get<std::string>() : found->dump());
}

}  // namespace driftd::app
