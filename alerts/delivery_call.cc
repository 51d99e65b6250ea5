#include "alerts/delivery_call.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <memory>

#include "alerts/delivery_answer.h"
#include "alerts/delivery_hosts.h"

namespace driftd::alerts {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Request = http::request<http::string_body>;

Answer failed(NetworkFault fault, const error_code& code, const std::string& doing) {
  if (code == beast::error::timeout) return failed(NetworkFault::timeout, doing + " took too long");
  return failed(fault, doing + " failed: " + code.message());
}

auto into(error_code& code) { return asio::redirect_error(asio::use_awaitable, code); }

// Through a proxy a plain request names the whole address (RFC 9112, 3.2.2).
Request beast_request(const Call& call, const std::string& user_agent) {
  const bool whole = call.proxy && !call.url.tls;
  Request request{http::verb::post,
                  whole ? "http://" + call.url.host_header() + call.url.target : call.url.target, 11};
  request.method_string(call.method);
  request.set(http::field::host, call.url.host_header());
  request.set(http::field::user_agent, user_agent);
  request.set(http::field::connection, "close");
  for (const auto& [name, value] : call.headers) request.set(name, value);
  request.body() = call.body;
  request.prepare_payload();
  return request;
}

asio::awaitable<Endpoints> resolve(std::shared_ptr<Resolution> resolution, Clock::time_point deadline) {
  error_code code;
  resolution->answered.expires_at(deadline);
  if (!resolution->done) co_await resolution->answered.async_wait(into(code));
  co_return resolution->endpoints;
}

// Tries one address after the other, each for its share of what time is left.
asio::awaitable<error_code> connect(beast::tcp_stream& stream, const Endpoints& endpoints,
                                    Clock::time_point deadline) {
  error_code code = asio::error::host_not_found;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto now = Clock::now();
    if (now >= deadline) co_return error_code(beast::error::timeout);
    stream.expires_at(now + (deadline - now) / static_cast<int>(endpoints.size() - i));
    co_await stream.async_connect(endpoints[i], into(code));
    if (!code) break;
    error_code ignored;
    stream.socket().close(ignored);
  }
  co_return code;
}

template <class Stream>
asio::awaitable<Answer> converse(Stream& stream, const Request& request) {
  error_code code;
  co_await http::async_write(stream, request, into(code));
  if (code) co_return failed(NetworkFault::network, code, "sending");
  AnswerReader reader;
  std::array<char, 8192> buffer{};
  for (bool whole = false; !whole;) {
    const std::size_t size = co_await stream.async_read_some(asio::buffer(buffer), into(code));
    whole = reader.feed({buffer.data(), size}) || code;
  }
  if (reader.has_status()) co_return reader.take();
  const bool ended = code == asio::error::eof || code == asio::ssl::error::stream_truncated;
  if (code && !ended) co_return failed(NetworkFault::network, code, "waiting for the answer");
  co_return reader.take();
}

// The system's authorities, or the call's own files as they are now. Empty: why there is none.
std::shared_ptr<asio::ssl::context> tls_of(Delivery::Engine& engine, const Call& call, std::string& fault) {
  if (!call.tls) {
    fault = engine.tls_fault;
    return fault.empty() ? engine.tls : nullptr;
  }
  error_code code;
  const auto own = new_tls_context(call.tls->ca_file, code);
  fault = "the authorities of " + call.tls->ca_file + " cannot be read: " + code.message();
  if (code) return nullptr;
  if (call.tls->cert_file.empty()) return own;
  own->use_certificate_chain_file(call.tls->cert_file, code);
  fault = "the certificate " + call.tls->cert_file + " cannot be used: " + code.message();
  if (code) return nullptr;
  own->use_private_key_file(call.tls->key_file, asio::ssl::context::pem, code);
  fault = "the key " + call.tls->key_file + " cannot be used: " + code.message();
  return code ? nullptr : own;
}

asio::awaitable<Answer> converse_tls(Delivery::Engine& engine, beast::tcp_stream stream, const Call& call) {
  std::string fault;
  const auto tls = tls_of(engine, call, fault);
  if (tls == nullptr) co_return failed(NetworkFault::tls, fault);
  beast::ssl_stream<beast::tcp_stream> secure(std::move(stream), *tls);
  const std::string& name =
      call.tls && !call.tls->server_name.empty() ? call.tls->server_name : call.url.host;
  error_code code;
  asio::ip::make_address(name, code);
  const bool is_name = static_cast<bool>(code);
  if (is_name && SSL_set_tlsext_host_name(secure.native_handle(), name.c_str()) != 1)
    co_return failed(NetworkFault::tls, "the host's name cannot be sent");
  secure.set_verify_mode(asio::ssl::verify_peer);
  secure.set_verify_callback(asio::ssl::host_name_verification(name));
  co_await secure.async_handshake(asio::ssl::stream_base::client, into(code));
  if (code) {
    const long verdict = SSL_get_verify_result(secure.native_handle());
    Answer answer = failed(NetworkFault::tls, code, "the TLS handshake");
    if (answer.fault == NetworkFault::tls && verdict != X509_V_OK)
      answer.message += std::string(" (") + X509_verify_cert_error_string(verdict) + ")";
    co_return answer;
  }
  const Request request = beast_request(call, engine.options.user_agent);
  co_return co_await converse(secure, request);
}

// A tunnel through a proxy to the host of a TLS call (RFC 9110, 9.3.6); what went wrong, or a status of 0.
asio::awaitable<Answer> open_tunnel(beast::tcp_stream& stream, const Call& call,
                                    const std::string& user_agent) {
  const std::string host =
      call.url.host.find(':') == std::string::npos ? call.url.host : "[" + call.url.host + "]";
  http::request<http::empty_body> request{http::verb::connect, host + ":" + call.url.port, 11};
  request.set(http::field::host, host + ":" + call.url.port);
  request.set(http::field::user_agent, user_agent);
  error_code code;
  co_await http::async_write(stream, request, into(code));
  if (code) co_return failed(NetworkFault::connect, code, "asking the proxy for a tunnel");
  beast::flat_buffer buffer;
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  co_await http::async_read_header(stream, buffer, parser, into(code));
  if (code) co_return failed(NetworkFault::connect, code, "waiting for the proxy's tunnel");
  const int status = static_cast<int>(parser.get().result_int());
  if (status < 200 || status > 299)
    co_return failed(NetworkFault::connect, "the proxy answered " + std::to_string(status));
  co_return Answer{};
}

}  // namespace

Answer failed(NetworkFault fault, std::string message) {
  Answer answer;
  answer.fault = fault;
  answer.message = std::move(message);
  return answer;
}

asio::awaitable<Answer> make_call(Delivery::Engine& engine, const Call& call) {
  for (const std::string* host : {&call.url.host, call.proxy ? &call.proxy->host : nullptr})
    if (host != nullptr && !host_is_allowed(call.allowed_hosts, *host))
      co_return failed(NetworkFault::forbidden, host_refusal(*host));
  const Url& next = call.proxy ? *call.proxy : call.url;
  Endpoints endpoints;
  std::uint64_t ticket = 0;
  if (const auto resolution = engine.begin_resolution(next.host, next.port, ticket)) {
    endpoints = co_await resolve(resolution, call.deadline);
    engine.resolutions.erase(ticket);
    if (!resolution->done)
      co_return failed(NetworkFault::timeout, "looking up the host's name took too long");
    if (endpoints.empty())
      co_return failed(NetworkFault::resolve, "looking up the host's name failed: " + resolution->fault);
  }
  beast::tcp_stream stream(engine.io);
  const error_code code = co_await connect(stream, endpoints, call.deadline);
  if (code) co_return failed(NetworkFault::connect, code, "connecting");
  stream.expires_at(call.deadline);
  if (call.proxy && call.url.tls) {
    Answer refused = co_await open_tunnel(stream, call, engine.options.user_agent);
    if (refused.fault != NetworkFault::none) co_return refused;
  }
  if (call.url.tls) co_return co_await converse_tls(engine, std::move(stream), call);
  const Request request = beast_request(call, engine.options.user_agent);
  co_return co_await converse(stream, request);
}

}  // namespace driftd::alerts
