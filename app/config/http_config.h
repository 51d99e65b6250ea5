// `http` and `service` of the configuration, as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/secret.h"
#include "core/time.h"

namespace driftd::app {

struct HttpTlsConfig {         // files in PEM, read anew at each reload
  std::string cert_file;       // the certificate, then those of the authorities between it and the root
  std::string key_file;        // its key
  std::string client_ca_file;  // empty, or: who has no certificate of these authorities is turned away
  friend bool operator==(const HttpTlsConfig&, const HttpTlsConfig&) = default;
};

struct HttpConfig {
  std::string listen = "127.0.0.1:9108";
  std::optional<HttpTlsConfig> tls;
  std::map<std::string, Secret> basic_auth;  // hash of the password, by user
  std::vector<Secret> bearer_tokens;         // any of them; several while they are being changed
  std::int64_t max_connections = 256;
  std::int64_t max_memory = 256 * 1024 * 1024;  // bytes of requests' bodies and of answers

  [[nodiscard]] bool wants_credentials() const { return !basic_auth.empty() || !bearer_tokens.empty(); }
};

struct ServiceConfig {
  Duration stalled_after = kMinute;     // without a turn of the loop; wall time
  Duration stop_within = 20 * kSecond;  // from SIGTERM to the end; wall time
};

}  // namespace driftd::app
