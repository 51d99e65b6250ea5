#include "alerts/http_credentials.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "alerts/signature.h"
#include "alerts/template.h"

namespace driftd::alerts {

namespace {

constexpr std::size_t kLongestSecret = 64 * 1024;

Error invalid(std::string message) { return {ErrorCode::invalid, std::move(message)}; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

Result<std::string> value_or_file(const Secret& value, const std::string& file) {
  return file.empty() ? Result<std::string>(value.reveal()) : read_secret_file(file);
}

std::string basic(const std::string& user, const std::string& password) {
  return "Basic " + base64(user + ":" + password);
}

}  // namespace

Result<std::string> read_secret_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::io, "the file " + file + " cannot be read"};
  std::string text(kLongestSecret + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return Error{ErrorCode::io, "the file " + file + " cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kLongestSecret) return invalid("the file " + file + " is too long for a secret");
  const auto first = std::ranges::find_if_not(text, is_space);
  text.erase(text.begin(), first);
  while (!text.empty() && is_space(text.back())) text.pop_back();
  if (text.empty()) return invalid("the file " + file + " is empty");
  const bool plain =
      std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!plain) return invalid("the file " + file + " holds more than one line");
  return text;
}

Result<std::optional<std::string>> authorization_header(const HttpAccess& access) {
  if (const auto& given = access.authorization) {
    auto secret = value_or_file(given->credentials, given->credentials_file);
    if (!secret.ok()) return secret.error();
    return std::optional(given->type + " " + *secret);
  }
  if (const auto& given = access.basic_auth) {
    auto secret = value_or_file(given->password, given->password_file);
    if (!secret.ok()) return secret.error();
    return std::optional(basic(given->username, *secret));
  }
  return std::optional<std::string>();
}

Result<TokenRequest> token_request(const OAuth2Config& config) {
  auto secret = value_or_file(config.client_secret, config.client_secret_file);
  if (!secret.ok()) return secret.error();
  const auto encoded = [](std::string_view text) { return escape(Place::url, text); };
  TokenRequest request;
  request.url = config.token_url;
  // RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
  request.authorization = basic(encoded(config.client_id), encoded(*secret));
  request.form = "grant_type=client_credentials";
  if (!config.scopes.empty()) {
    std::string scopes;
    for (const std::string& scope : config.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
    request.form += "&scope=" + encoded(scopes);
  }
  for (const auto& [name, value] : config.endpoint_params)
    request.form += "&" + encoded(name) + "=" + encoded(value);
  return request;
}

Result<Token> read_token(std::string_view body) {
  const nlohmann::json answer = nlohmann::json::parse(body, nullptr, false);
  if (!answer.is_object()) return invalid("the answer with the token is no JSON object");
  const auto text = answer.find("access_token");
  if (text == answer.end() || !text->is_string() || text->get_ref<const std::string&>().empty())
    return invalid("the answer with the token has no access_token");
  Token token{text->get<std::string>(), std::nullopt};
  const bool plain = std::ranges::all_of(token.text, [](char c) { return c > 0x20 && c < 0x7F; });
  if (!plain) return invalid("the access_token holds characters that no header may");
  const auto lifetime = answer.find("expires_in");
  if (lifetime != answer.end() && lifetime->is_number())
    token.lifetime = static_cast<Duration>(std::clamp(lifetime->get<double>(), 0.0, 1e6)) * kSecond;
  return token;
}

}  // namespace driftd::alerts
