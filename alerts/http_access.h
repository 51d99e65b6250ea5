// How a call authenticates itself and reaches its receiver, by the names that Prometheus gives these settings
// (INTEROP 2.2).
//
// Files are named here, not read: who makes the call reads them anew at each attempt (http_credentials.h), so
// that what was rotated takes effect. Plain values.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/fields.h"
#include "core/secret.h"

namespace driftd::alerts {

struct AuthorizationConfig {
  std::string type = "Bearer";
  Secret credentials;
  std::string credentials_file;
};

struct BasicAuthConfig {
  std::string username;
  Secret password;
  std::string password_file;
};

// The client credentials grant (RFC 6749, 4.4).
struct OAuth2Config {
  std::string client_id;
  Secret client_secret;
  std::string client_secret_file;
  std::vector<std::string> scopes;
  std::string token_url;
  std::map<std::string, std::string> endpoint_params;
};

struct TlsFiles {
  std::string ca_file;      // authorities instead of the system's
  std::string cert_file;    // of the client
  std::string key_file;     // likewise
  std::string server_name;  // that the certificate is for; empty: the URL's host
};

struct HttpAccess {
  std::optional<AuthorizationConfig> authorization;  // of these three at most one
  std::optional<BasicAuthConfig> basic_auth;
  std::optional<OAuth2Config> oauth2;
  std::optional<TlsFiles> tls_config;
  std::string proxy_url;                   // http://host:port; empty: none
  std::vector<std::string> allowed_hosts;  // of all webhooks (delivery_hosts.h); empty: any
};

// Each refuses what does not go together, by its key.
const Fields<AuthorizationConfig>& fields_of_authorization();
const Fields<BasicAuthConfig>& fields_of_basic_auth();
const Fields<OAuth2Config>& fields_of_oauth2();
const Fields<TlsFiles>& fields_of_tls_files();
// Rules over all of them; `node` is the map that holds their keys.
void check_access(const HttpAccess& access, const Node& node, const std::string& path, Faults& faults);

}  // namespace driftd::alerts
