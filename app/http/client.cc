#include "app/http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/http/listen.h"
#include "app/http/tls.h"

namespace driftd::app {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t kLargestReply = 256UL << 20;

struct Whom {
  HostPort at;
  bool tls = false;
};

std::optional<Whom> address_of(std::string_view base) {
  const bool tls = base.starts_with("https://");
  if (!tls && !base.starts_with("http://")) return std::nullopt;
  base.remove_prefix(tls ? 8 : 7);
  while (base.ends_with('/')) base.remove_suffix(1);
  if (base.empty() || base.find_first_of("/@") != std::string_view::npos) return std::nullopt;
  auto at = parse_host_port(base);
  if (!at) at = parse_host_port(std::string(base) + (tls ? ":443" : ":80"));
  if (!at || at->host.empty()) return std::nullopt;
  return Whom{*std::move(at), tls};
}

// One call: each step starts the next, `fault` tells where it ended.
class Call {
 public:
  // `tls`: null for a plain connection.
  Call(const HostPort& to, std::shared_ptr<net::ssl::context> tls, const std::string& method,
       const std::string& target, const ClientAccess& access, const std::string& body)
      : resolver_(context_), tls_(std::move(tls)), host_(to.host) {
    if (tls_) {
      secure_.emplace(context_, *tls_);
    } else {
      plain_.emplace(context_);
    }
    parser_.body_limit(kLargestReply);
    request_.version(11);
    request_.method_string(method);
    request_.target(target);
    const bool v6 = to.host.find(':') != std::string::npos;
    request_.set(http::field::host, (v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port));
    request_.set(http::field::user_agent, "driftd");
    if (!access.authorization.empty()) request_.set(http::field::authorization, access.authorization);
    request_.keep_alive(false);
    if (!body.empty()) request_.set(http::field::content_type, "application/json");
    request_.body() = body;
    request_.prepare_payload();
    resolver_.async_resolve(to.host, std::to_string(to.port), [this](error_code error, const auto& found) {
      if (proceed(error)) connect(found);
    });
  }

  // False where it did not end within the time.
  bool run(std::chrono::milliseconds timeout) {
    context_.run_for(timeout);
    return ended_;
  }
  // Empty: there is an answer.
  [[nodiscard]] std::string fault() {
    if (!fault_) return "";
    const long verdict = secure_ ? SSL_get_verify_result(secure_->native_handle()) : X509_V_OK;
    if (verdict == X509_V_OK) return fault_.message() + "; is it running, and is --url its http.listen?";
    return std::string("its certificate does not hold: ") + X509_verify_cert_error_string(verdict) +
           "; --ca-file names the authority that signed it, and --url goes by a name that is in it";
  }
  Reply take() {
    http::response<http::string_body> message = parser_.release();
    return {static_cast<int>(message.result_int()), std::string(message[http::field::content_type]),
            std::move(message.body())};
  }

 private:
  bool proceed(error_code error) {
    fault_ = error;
    ended_ = static_cast<bool>(error);
    return !error;
  }
  template <class Use>
  void with_stream(Use&& use) {
    if (secure_) {
      use(*secure_);
    } else {
      use(*plain_);
    }
  }
  void connect(const net::ip::tcp::resolver::results_type& found) {
    Tcp& tcp = secure_ ? secure_->next_layer() : *plain_;
    tcp.async_connect(found, [this](error_code error, const auto&) {
      if (!proceed(error)) return;
      if (secure_) return shake_hands();
      send();
    });
  }
  void shake_hands() {
    error_code is_name;
    net::ip::make_address(host_, is_name);
    if (is_name) SSL_set_tlsext_host_name(secure_->native_handle(), host_.c_str());
    secure_->set_verify_mode(net::ssl::verify_peer);
    secure_->set_verify_callback(net::ssl::host_name_verification(host_));
    secure_->async_handshake(net::ssl::stream_base::client, [this](error_code error) {
      if (proceed(error)) send();
    });
  }
  void send() {
    with_stream([this](auto& stream) {
      http::async_write(stream, request_, [this](error_code error, std::size_t) {
        if (proceed(error)) receive();
      });
    });
  }
  void receive() {
    with_stream([this](auto& stream) {
      http::async_read(stream, buffer_, parser_, [this](error_code error, std::size_t) {
        proceed(error);
        ended_ = true;
      });
    });
  }

  using Tcp = boost::beast::tcp_stream;

  net::io_context context_{1};
  net::ip::tcp::resolver resolver_;
  std::shared_ptr<net::ssl::context> tls_;
  std::string host_;
  std::optional<Tcp> plain_;                             // either this
  std::optional<boost::beast::ssl_stream<Tcp>> secure_;  // or that
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  error_code fault_;
  bool ended_ = false;
};

}  // namespace

Result<Reply> http_call(const std::string& base, const std::string& method, const std::string& target,
                        std::chrono::milliseconds timeout, const ClientAccess& access,
                        const std::string& body) {
  const std::optional<Whom> to = address_of(base);
  if (!to) return Error{ErrorCode::invalid, base + " is not a URL like http://127.0.0.1:9108"};
  std::shared_ptr<net::ssl::context> tls;
  if (to->tls) {
    auto made = client_tls(access.ca_file);
    if (!made) return made.error();
    tls = *std::move(made);
  }
  Call call(to->at, std::move(tls), method, target, access, body);
  if (!call.run(timeout)) return Error{ErrorCode::unavailable, "no answer from " + base + " in time"};
  if (const std::string fault = call.fault(); !fault.empty())
    return Error{ErrorCode::unavailable, "no driftd answers at " + base + ": " + fault};
  Reply reply = call.take();
  if (reply.status < 100)
    return Error{ErrorCode::unavailable, "no driftd answers at " + base + ": the answer's status is " +
                                             std::to_string(reply.status) + ", which HTTP does not have"};
  return reply;
}

}  // namespace driftd::app
