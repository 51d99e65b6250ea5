// The one HTTP port: HTTP/1.1 with keep-alive, plain or over TLS, on a thread of its own, and nothing of what
// is served.
//
// The handler gets each request as a value, with a function to answer it that may be called from any
// thread, at any time, once (further calls and calls after the client has gone do nothing). A request
// that stays unanswered for `handler_timeout` is answered 503. Handlers run on the server's thread and
// must not block it.
//
// Many slow or idle clients are bounded: a TLS handshake, reading a request, writing an answer, and waiting
// between two requests have limits of time, requests limits of size (431, 413), and beyond `max_connections`
// the connection that has waited longest for its client is closed for the new one. So it is with memory:
// bodies of requests from the moment that they are announced, and answers until they are written, take at
// most `max_memory` together. For more of them those are closed that hold some and wait for their client; a
// request that even so finds no room is answered 503, an answer is written. One that is larger than all of it
// is let through alone. stats() says what was closed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config/http_config.h"
#include "core/result.h"

namespace boost::asio::ssl {
class context;
}

namespace driftd::app {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;  // "GET"
  std::string target;  // as sent: "/api/v1/models/a%2Fb?x=1"
  Headers headers;
  std::string body;
  bool from_loopback = false;  // the peer's address is of this machine
  bool to_loopback = false;    // and so is the one that it called
  bool authenticated = false;  // the client has shown credentials, or a certificate where one is required
  std::string peer;            // its address, without the port

  // The first header of that name in any letter case, or nullptr.
  [[nodiscard]] const std::string* header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;  // beside Content-Type, Content-Length, Connection, Server
  std::shared_ptr<const std::string> page = nullptr;  // in place of `body`, where several answers share one

  [[nodiscard]] const std::string& content() const { return page ? *page : body; }
};

using Respond = std::function<void(Response)>;
using Handler = std::function<void(Request, Respond)>;

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 16 * 1024 * 1024;
  std::size_t max_connections = 256;
  std::size_t max_memory = std::size_t{256} << 20;  // bytes of bodies and answers
  std::chrono::milliseconds handshake_timeout{10'000};
  std::chrono::milliseconds request_timeout{20'000};  // from its first byte to its last
  std::chrono::milliseconds idle_timeout{75'000};     // between two requests
  std::chrono::milliseconds handler_timeout{15'000};
  std::chrono::milliseconds write_timeout{30'000};
};

// Since the start. Closed are those whose client was not done: for a newer connection, for the memory of a
// newer request or answer, or since the client took longer for a request or an answer than it may.
struct HttpStats {
  std::uint64_t connections = 0;  // open now
  std::uint64_t closed_for_connections = 0;
  std::uint64_t closed_for_memory = 0;
  std::uint64_t closed_as_slow = 0;
};

class HttpServer {
 public:
  // `listen` is ADDRESS:PORT, [V6]:PORT, HOST:PORT, or :PORT for all addresses; port 0 takes a free one.
  // Listens when it returns. Errors: invalid (no such address; a faulty certificate), io (port taken,
  // permission).
  static Result<HttpServer> start(const std::string& listen, Handler handler, const HttpLimits& limits = {},
                                  const std::optional<HttpTlsConfig>& tls = std::nullopt);
  ~HttpServer();  // stop(0)
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:9108", or https
  [[nodiscard]] HttpStats stats() const;  // any thread

  // The files as they are now, and their use from the next connection on. Only where the server began with
  // TLS.
  using Certificates = std::shared_ptr<boost::asio::ssl::context>;
  static Result<Certificates> read_certificates(const HttpTlsConfig& files);
  void use(Certificates certificates);

  // Takes no more connections, closes waiting ones, gives requests being answered `grace`, ends the
  // thread. Bounded by `grace`. Idempotent.
  void stop(std::chrono::milliseconds grace = std::chrono::seconds(2));

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace driftd::app
