#include "app/http/client.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <utility>

#include "app/http/listen.h"

namespace driftd::app {
namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::size_t kLargestReply = 256UL << 20;

std::optional<HostPort> address_of(std::string_view base) {
  constexpr std::string_view kScheme = "http://";
  if (!base.starts_with(kScheme)) return std::nullopt;
  base.remove_prefix(kScheme.size());
  while (base.ends_with('/')) base.remove_suffix(1);
  if (base.empty() || base.find('/') != std::string_view::npos) return std::nullopt;
  if (std::optional<HostPort> with_port = parse_host_port(base)) return with_port;
  return parse_host_port(std::string(base) + ":80");
}

// One call: each step starts the next, `fault` tells where it ended.
class Call {
 public:
  Call(const HostPort& to, const std::string& method, const std::string& target, const std::string& body)
      : resolver_(context_), stream_(context_) {
    parser_.body_limit(kLargestReply);
    request_.version(11);
    request_.method_string(method);
    request_.target(target);
    const bool v6 = to.host.find(':') != std::string::npos;
    request_.set(http::field::host, (v6 ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port));
    request_.set(http::field::user_agent, "driftd");
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
  [[nodiscard]] error_code fault() const { return fault_; }
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
  void connect(const net::ip::tcp::resolver::results_type& found) {
    stream_.async_connect(found, [this](error_code error, const auto&) {
      if (proceed(error)) send();
    });
  }
  void send() {
    http::async_write(stream_, request_, [this](error_code error, std::size_t) {
      if (proceed(error)) receive();
    });
  }
  void receive() {
    http::async_read(stream_, buffer_, parser_, [this](error_code error, std::size_t) {
      proceed(error);
      ended_ = true;
    });
  }

  net::io_context context_{1};
  net::ip::tcp::resolver resolver_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  error_code fault_;
  bool ended_ = false;
};

}  // namespace

Result<Reply> http_call(const std::string& base, const std::string& method, const std::string& target,
                        std::chrono::milliseconds timeout, const std::string& body) {
  const std::optional<HostPort> to = address_of(base);
  if (!to || to->host.empty()) {
    return Error{ErrorCode::invalid, base + " is not a URL like http://127.0.0.1:9108"};
  }
  Call call(*to, method, target, body);
  if (!call.run(timeout)) return Error{ErrorCode::unavailable, "no answer from " + base + " in time"};
  if (call.fault()) {
    return Error{ErrorCode::unavailable, "no driftd answers at " + base + ": " + call.fault().message() +
                                             "; is it running, and is --url its http.listen?"};
  }
  return call.take();
}

}  // namespace driftd::app
