#include "app/commands/ask.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "alerts/http_credentials.h"
#include "app/config/load.h"
#include "app/http/client.h"
#include "app/http/credentials.h"

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

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::string> file_or_variable(const std::string& file, const char* name) {
  return file.empty() ? Result<std::string>(variable(name)) : alerts::read_secret_file(file);
}

struct Whom {
  std::string url = "http://127.0.0.1:9108";
  ClientAccess access;
};

// Of all that the file says only `http` is wanted here, and of that not the server's key: whoever asks need
// not be allowed to read it.
Status take_from_config(const std::string& file, Whom& whom) {
  const LoadedConfig loaded =
      load_config(file, {.surroundings = process_surroundings(), .kafka_required = false});
  const auto concerns_http = [](const Fault& fault) {
    return fault.key.empty() || fault.key.starts_with("http");
  };
  Faults faults;
  std::ranges::copy_if(loaded.faults, std::back_inserter(faults), concerns_http);
  if (!faults.empty()) return Error{ErrorCode::invalid, to_text(faults)};
  const HttpConfig& http = loaded.config.http;
  const bool everywhere = http.listen.starts_with(':') || http.listen.starts_with("0.0.0.0:");
  whom.url = (http.tls ? "https://" : "http://") +
             (everywhere ? "127.0.0.1" + http.listen.substr(http.listen.rfind(':')) : http.listen);
  if (!http.bearer_tokens.empty())
    whom.access.authorization = "Bearer " + http.bearer_tokens.front().reveal();
  return success();
}

Result<Whom> whom_to_ask(const AskOptions& options) {
  Whom whom;
  if (!options.config.empty())
    if (Status taken = take_from_config(options.config, whom); !taken.ok()) return taken.error();
  if (!options.url.empty()) whom.url = options.url;
  whom.access.ca_file = options.ca_file;
  const auto token = file_or_variable(options.token_file, "DRIFTD_TOKEN");
  if (!token.ok()) return Error{ErrorCode::invalid, token.error().message};
  if (!token->empty()) whom.access.authorization = "Bearer " + *token;
  if (options.user.empty()) return whom;
  const auto password = file_or_variable(options.password_file, "DRIFTD_PASSWORD");
  if (!password.ok()) return Error{ErrorCode::invalid, password.error().message};
  whom.access.authorization = basic_authorization({options.user, *password});
  return whom;
}

}  // namespace

void add_ask_options(CLI::App& app, AskOptions& options) {
  app.add_option("--url", options.url,
                 "where the running driftd listens; http or https. Default: what --config says, else "
                 "http://127.0.0.1:9108");
  app.add_option("-c,--config", options.config, "its configuration file: where it listens, its bearer token");
  app.add_option("--ca-file", options.ca_file,
                 "authority of its certificate in PEM, instead of the system's");
  CLI::Option* user = app.add_option("--user", options.user, "user of basic authentication");
  app.add_option("--password-file", options.password_file,
                 "file with that user's password; else $DRIFTD_PASSWORD")
      ->needs(user);
  app.add_option("--token-file", options.token_file, "file with a bearer token; else $DRIFTD_TOKEN");
  app.add_option("--format", options.format, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
}

Result<Json> ask(const AskOptions& options, const std::string& method, const std::string& target,
                 const std::string& body) {
  const Result<Whom> whom = whom_to_ask(options);
  if (!whom) return whom.error();
  const Result<Reply> reply =
      http_call(whom->url, method, target, std::chrono::seconds(30), whom->access, body);
  if (!reply) return reply.error();
  Json document = Json::parse(reply->body, nullptr, false);
  if (reply->status / 100 == 2 && !document.is_discarded()) return document;
  const bool told = document.is_object() && document.contains("error") && document["error"].is_string();
  const std::string words =
      told ? document["error"].get<std::string>() : "answer " + std::to_string(reply->status);
  const std::string remedy =
      reply->status == 401 ? " (--config, --token-file or --user; see --help)" : std::string();
  return Error{reply->status == 404 ? ErrorCode::not_found : ErrorCode::refused,
               whom->url + ": " + words + remedy};
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
