// Boost 1.74 knows the coroutines of clang by their old name only.
#if defined(__clang__) && !defined(BOOST_ASIO_HAS_CO_AWAIT)
#define BOOST_ASIO_HAS_CO_AWAIT 1
#define BOOST_ASIO_HAS_STD_COROUTINE 1
#endif
// First, because Boost 1.74's awaitable.hpp forgets it.
#include <utility>

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <memory>

#include "alerts/delivery_answer.h"
#include "alerts/delivery_engine.h"
#include "alerts/url.h"

namespace driftd::alerts {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Request = http::request<http::string_body>;

struct Job {
  HttpRequest request;
  Url url;
  Clock::time_point deadline;
};

Answer failed(NetworkFault fault, std::string message) {
  Answer answer;
  answer.fault = fault;
  answer.message = std::move(message);
  return answer;
}

Answer failed(NetworkFault fault, const error_code& code, const std::string& doing) {
  if (code == beast::error::timeout) return failed(NetworkFault::timeout, doing + " took too long");
  return failed(fault, doing + " failed: " + code.message());
}

auto into(error_code& code) { return asio::redirect_error(asio::use_awaitable, code); }

Request beast_request(const Job& job, const std::string& user_agent) {
  Request request{http::verb::post, job.url.target, 11};
  request.method_string(job.request.method);
  request.set(http::field::host, job.url.host_header());
  request.set(http::field::user_agent, user_agent);
  request.set(http::field::connection, "close");
  for (const auto& [name, value] : job.request.headers) request.set(name, value);
  request.body() = job.request.body;
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

asio::awaitable<Answer> converse_tls(Delivery::Engine& engine, beast::tcp_stream stream, const Job& job) {
  beast::ssl_stream<beast::tcp_stream> secure(std::move(stream), engine.tls);
  error_code code;
  asio::ip::make_address(job.url.host, code);
  const bool is_name = static_cast<bool>(code);
  if (is_name && SSL_set_tlsext_host_name(secure.native_handle(), job.url.host.c_str()) != 1)
    co_return failed(NetworkFault::tls, "the host's name cannot be sent");
  secure.set_verify_mode(asio::ssl::verify_peer);
  secure.set_verify_callback(asio::ssl::host_name_verification(job.url.host));
  co_await secure.async_handshake(asio::ssl::stream_base::client, into(code));
  if (code) {
    const long verdict = SSL_get_verify_result(secure.native_handle());
    Answer answer = failed(NetworkFault::tls, code, "the TLS handshake");
    if (answer.fault == NetworkFault::tls && verdict != X509_V_OK)
      answer.message += std::string(" (") + X509_verify_cert_error_string(verdict) + ")";
    co_return answer;
  }
  const Request request = beast_request(job, engine.options.user_agent);
  co_return co_await converse(secure, request);
}

asio::awaitable<Answer> perform(Delivery::Engine& engine, const Job& job) {
  if (job.url.tls && !engine.tls_fault.empty()) co_return failed(NetworkFault::tls, engine.tls_fault);
  Endpoints endpoints;
  std::uint64_t ticket = 0;
  if (const auto resolution = engine.begin_resolution(job.url.host, job.url.port, ticket)) {
    endpoints = co_await resolve(resolution, job.deadline);
    engine.resolutions.erase(ticket);
    if (!resolution->done)
      co_return failed(NetworkFault::timeout, "looking up the host's name took too long");
    if (endpoints.empty())
      co_return failed(NetworkFault::resolve, "looking up the host's name failed: " + resolution->fault);
  }
  beast::tcp_stream stream(engine.io);
  const error_code code = co_await connect(stream, endpoints, job.deadline);
  if (code) co_return failed(NetworkFault::connect, code, "connecting");
  stream.expires_at(job.deadline);
  if (job.url.tls) co_return co_await converse_tls(engine, std::move(stream), job);
  const Request request = beast_request(job, engine.options.user_agent);
  co_return co_await converse(stream, request);
}

}  // namespace

void Delivery::submit(std::string id, HttpRequest request, Duration timeout) {
  auto url = parse_url(request.url);
  if (!url) return engine_->deliver({std::move(id), failed(NetworkFault::request, url.error().message)});
  const auto deadline = Clock::now() + std::chrono::microseconds(timeout);
  auto job = std::make_shared<Job>(Job{std::move(request), *std::move(url), deadline});
  Engine& engine = *engine_;
  const auto report = [&engine, id](const std::exception_ptr& thrown, Answer answer) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& fault) {
      answer = failed(NetworkFault::network, fault.what());
    }
    engine.deliver({id, std::move(answer)});
  };
  // The job lives in the lambda's frame for as long as the coroutine does.
  const auto run = [&engine, job]() -> asio::awaitable<Answer> { return perform(engine, *job); };
  asio::co_spawn(engine.io, run, report);
}

}  // namespace driftd::alerts
