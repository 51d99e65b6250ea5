#include "app/http/server.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/string.hpp>
#include <thread>
#include <utility>

#include "app/http/listen.h"
#include "app/http/session.h"
#include "app/http/tls.h"

namespace driftd::app {
namespace {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

constexpr std::chrono::milliseconds kBreath{100};  // after a failed accept: no file descriptors left
constexpr std::chrono::milliseconds kLook{5};      // whether the last answer is written

Result<tcp::endpoint> endpoint_of(const std::string& listen, net::io_context& context) {
  const std::optional<HostPort> wanted = parse_host_port(listen);
  if (!wanted) return Error{ErrorCode::invalid, "http.listen: " + listen + " is not HOST:PORT"};
  if (wanted->host.empty()) return tcp::endpoint(tcp::v4(), wanted->port);
  error_code error;
  tcp::resolver resolver(context);
  const auto found =
      resolver.resolve(wanted->host, std::to_string(wanted->port), tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Error{ErrorCode::invalid, "http.listen: no address for " + listen + ": " + error.message()};
  }
  return found.begin()->endpoint();
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (boost::beast::iequals(boost::beast::string_view(key.data(), key.size()),
                              boost::beast::string_view(name.data(), name.size()))) {
      return &value;
    }
  }
  return nullptr;
}

struct HttpServer::Impl {
  Impl(Handler handler, const HttpLimits& limits)
      : host(std::make_shared<SessionHost>(std::move(handler), limits)),
        acceptor(host->context),
        breath(host->context) {}
  ~Impl() { stop(std::chrono::milliseconds(0)); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status listen(const std::string& where);
  void accept();
  bool make_room();
  void begin_to_stop(std::chrono::steady_clock::time_point deadline);
  void end_when_answered(std::chrono::steady_clock::time_point deadline);
  void stop(std::chrono::milliseconds grace);

  std::shared_ptr<SessionHost> host;
  tcp::acceptor acceptor;
  net::steady_timer breath;
  std::thread thread;
  tcp::endpoint local;
  bool secure = false;
};

Status HttpServer::Impl::listen(const std::string& where) {
  const Result<tcp::endpoint> endpoint = endpoint_of(where, host->context);
  if (!endpoint) return endpoint.error();
  error_code error;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(net::socket_base::max_listen_connections, error);
  if (error) {
    return Error{ErrorCode::io, "cannot listen on " + where + ": " + error.message() + "; set http.listen"};
  }
  local = acceptor.local_endpoint();
  return success();
}

void HttpServer::Impl::accept() {
  acceptor.async_accept([this](error_code error, tcp::socket socket) {
    if (!acceptor.is_open()) return;
    if (error) {
      breath.expires_after(kBreath);
      breath.async_wait([this](error_code) {
        if (acceptor.is_open()) accept();
      });
      return;
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    if (make_room()) std::make_shared<Session>(std::move(socket), host)->start();
    accept();
  });
}

// False where all are being answered: none waits for its client.
bool HttpServer::Impl::make_room() {
  if (host->sessions.size() < host->limits.max_connections) return true;
  if (host->close_longest_waiting()) return true;
  ++host->for_connections;
  return false;
}

// On the server's thread.
void HttpServer::Impl::begin_to_stop(std::chrono::steady_clock::time_point deadline) {
  error_code ignored;
  host->stopping = true;
  acceptor.close(ignored);
  for (Session* session : host->sessions) {
    if (session->waits_for_request()) session->close();
  }
  end_when_answered(deadline);
}

void HttpServer::Impl::end_when_answered(std::chrono::steady_clock::time_point deadline) {
  if (host->sessions.empty() || std::chrono::steady_clock::now() >= deadline) return host->context.stop();
  breath.expires_after(kLook);
  breath.async_wait([this, deadline](error_code) { end_when_answered(deadline); });
}

void HttpServer::Impl::stop(std::chrono::milliseconds grace) {
  if (!thread.joinable()) return;
  const auto deadline = std::chrono::steady_clock::now() + grace;
  net::post(host->context, [this, deadline] { begin_to_stop(deadline); });
  thread.join();
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;
HttpServer::~HttpServer() = default;

Result<HttpServer> HttpServer::start(const std::string& listen, Handler handler, const HttpLimits& limits,
                                     const std::optional<HttpTlsConfig>& tls) {
  auto impl = std::make_unique<Impl>(std::move(handler), limits);
  if (tls) {
    auto certificates = read_certificates(*tls);
    if (!certificates) return certificates.error();
    impl->host->tls = *std::move(certificates);
    impl->host->client_certificates = !tls->client_ca_file.empty();
    impl->secure = true;
  }
  if (Status listening = impl->listen(listen); !listening) return listening.error();
  impl->accept();
  impl->thread = std::thread([host = impl->host] { host->context.run(); });
  return HttpServer(std::move(impl));
}

std::uint16_t HttpServer::port() const { return impl_->local.port(); }

std::string HttpServer::url() const {
  const auto address = impl_->local.address();
  const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return (impl_->secure ? "https://" : "http://") + host + ":" + std::to_string(port());
}

HttpStats HttpServer::stats() const {
  const SessionHost& host = *impl_->host;
  return {host.open, host.for_connections, host.for_memory, host.as_slow};
}

Result<HttpServer::Certificates> HttpServer::read_certificates(const HttpTlsConfig& files) {
  return server_tls(files);
}

void HttpServer::use(Certificates certificates) {
  net::post(impl_->host->context, [host = impl_->host, certificates = std::move(certificates)]() mutable {
    if (host->tls == nullptr) return;
    host->client_certificates =
        (SSL_CTX_get_verify_mode(certificates->native_handle()) & SSL_VERIFY_PEER) != 0;
    host->tls = std::move(certificates);
  });
}

void HttpServer::stop(std::chrono::milliseconds grace) {
  if (impl_) impl_->stop(grace);
}

}  // namespace driftd::app
