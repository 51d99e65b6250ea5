// TLS of the HTTP server: certificate files into a context. OpenSSL stays behind it.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "app/config/http_config.h"
#include "core/result.h"

namespace driftd::app {

// TLS 1.2 with forward secrecy and authenticated ciphers alone, or 1.3. Errors name the file: invalid.
Result<std::shared_ptr<boost::asio::ssl::context>> server_tls(const HttpTlsConfig& files);

// That of a client: the system's authorities, or those of `ca_file`.
Result<std::shared_ptr<boost::asio::ssl::context>> client_tls(const std::string& ca_file);

}  // namespace driftd::app
