// URLs of webhooks, taken apart. Only what a client needs: http and https, no user in the authority
// (credentials belong into headers), no characters that RFC 3986 does not allow. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace driftd::alerts {

struct Url {
  bool tls = false;
  std::string host;    // without brackets
  std::string port;    // "443" where none is given
  std::string target;  // path and query, at least "/"; the fragment is left off

  // For the Host header: brackets around IPv6, the port unless it is the scheme's own.
  [[nodiscard]] std::string host_header() const;
};

Result<Url> parse_url(std::string_view text);

}  // namespace driftd::alerts
