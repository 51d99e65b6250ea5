// Credentials as they go over the wire: files read anew at each call, header values made of them.
//
// Reads files, nothing else; any thread. What goes wrong says which file, never what it held.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "alerts/http_access.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::alerts {

// A file's text without white space at its ends. At most 64 KiB; refused where it is empty or holds
// a control character (a line break would begin another header).
Result<std::string> read_secret_file(const std::string& file);

// The Authorization header that `authorization` or `basic_auth` stands for; empty: neither is set.
Result<std::optional<std::string>> authorization_header(const HttpAccess& access);

// The request for a token (RFC 6749, 4.4.2): the client in a Basic header, the rest as a form.
struct TokenRequest {
  std::string url;
  std::string authorization;
  std::string form;
};
Result<TokenRequest> token_request(const OAuth2Config& config);

struct Token {
  std::string text;
  std::optional<Duration> lifetime;  // none: the answer did not say
};
// From the body of a 200 answer; a fault that quotes none of it.
Result<Token> read_token(std::string_view body);

}  // namespace driftd::alerts
