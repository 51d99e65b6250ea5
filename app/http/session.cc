#include "app/http/session.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <exception>
#include <utility>

#include "app/http/json.h"

namespace driftd::app {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::chrono::seconds kLinger{1};
// What no page says otherwise: nothing in an answer is to be run, loaded or framed.
constexpr const char* kPolicy =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
constexpr std::size_t kDropped = 64 * 1024;
constexpr std::size_t kLargestChunked = std::size_t{1} << 20;
constexpr const char* kTooLarge = "the request's body is too large";
constexpr const char* kTooLargeInChunks = "the request's body is too large; one in chunks may have 1 MiB";

bool is_loopback(const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

Request value_of(http::request<http::string_body>&& message) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  return request;
}

Response problem(int status, std::string_view message) {
  Response response;
  response.status = status;
  response.body = error_document(message);
  return response;
}

}  // namespace

Session::Session(boost::asio::ip::tcp::socket&& socket, const std::shared_ptr<SessionHost>& host)
    : host_(*host), gate_(host), tls_(host->tls), timer_(host->context) {
  if (tls_) {
    has_certificate_ = host->client_certificates;
    secure_.emplace(std::move(socket), *tls_);
  } else {
    plain_.emplace(std::move(socket));
  }
  place_ = host_.sessions.insert(host_.sessions.end(), this);
  ++host_.open;
}

Session::~Session() {
  give_back();
  host_.sessions.erase(place_);
  --host_.open;
}

void Session::start() {
  if (secure_) return shake_hands();
  wait_for_request();
}

void Session::shake_hands() {
  tcp().expires_after(host_.limits.handshake_timeout);
  secure_->async_handshake(boost::asio::ssl::stream_base::server,
                           [self = shared_from_this()](error_code error) {
                             if (error) return self->end_after(error);
                             self->wait_for_request();
                           });
}

// What it held is as good as free: what is under way for it ends in the next turn of this thread.
void Session::close() {
  error_code ignored;
  closed_ = true;
  give_back();
  timer_.cancel();
  tcp().socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  tcp().close();
}

void Session::close(std::atomic<std::uint64_t>& reason) {
  if (!closed_) ++reason;
  close();
}

// A client that took too long for a handshake, a request or an answer.
void Session::end_after(error_code error) {
  if (error == boost::beast::error::timeout) return close(host_.as_slow);
  close();
}

// Between two requests a client may be silent for long; once its request has begun, not.
void Session::wait_for_request() {
  begin_to_wait();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(host_.limits.header_bytes));
  parser_->body_limit(host_.limits.body_bytes);
  if (buffer_.size() > 0) return read_header();  // sent behind the one before
  tcp().expires_after(host_.limits.idle_timeout);
  with_stream([this](auto& stream) {
    stream.async_read_some(buffer_.prepare(4096),
                           [self = shared_from_this()](error_code error, std::size_t size) {
                             self->buffer_.commit(size);
                             if (error) return self->close();
                             self->read_header();
                           });
  });
}

void Session::read_header() {
  tcp().expires_after(host_.limits.request_timeout);
  with_stream([this](auto& stream) {
    http::async_read_header(stream, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error) return self->refuse(error);
                              self->read_body();
                            });
  });
}

// What is announced counts at once: the client may send all of it but the last byte. A body in chunks
// announces nothing, so it may not be large.
void Session::read_body() {
  std::size_t announced = 0;
  const auto length = parser_->get()[http::field::content_length];  // the parser has seen that it is a number
  std::from_chars(length.data(), length.data() + length.size(), announced);
  if (parser_->chunked()) {
    announced = std::min(kLargestChunked, host_.limits.body_bytes);
    parser_->body_limit(announced);
  }
  if (!take_memory(announced)) {
    ++host_.for_memory;
    return write(problem(503, "other requests take all the memory that there is for them; try again"), false);
  }
  with_stream([this](auto& stream) {
    http::async_read(stream, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return self->refuse(error);
      self->handle();
    });
  });
}

// What cannot be read is answered, if it can be, and the connection ends: where the next request
// would begin is not known.
void Session::refuse(error_code error) {
  if (error == http::error::header_limit)
    return write(problem(431, "the request's header is too large"), false);
  if (error == http::error::body_limit)
    return write(problem(413, parser_->chunked() ? kTooLargeInChunks : kTooLarge), false);
  if (error == boost::beast::error::timeout) return close(host_.as_slow);
  if (error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return write(problem(400, "the request is not HTTP/1.1: " + error.message()), false);
  }
  close();
}

void Session::handle() {
  waiting_ = false;
  awaiting_answer_ = true;
  ++number_;
  tcp().expires_never();
  http::request<http::string_body> message = parser_->release();
  head_only_ = message.method() == http::verb::head;
  last_ = last_ || !message.keep_alive();
  Request request = value_of(std::move(message));
  describe_peer(request);
  arm_handler_timeout();
  try {
    host_.handler(std::move(request), responder());
  } catch (const std::exception& fault) {
    answer(number_, problem(500, fault.what()));
  }
}

void Session::describe_peer(Request& request) {
  error_code error;
  const auto peer = tcp().socket().remote_endpoint(error);
  if (!error) request.peer = peer.address().to_string();
  request.from_loopback = !error && is_loopback(peer.address());
  const auto own = tcp().socket().local_endpoint(error);
  request.to_loopback = !error && is_loopback(own.address());
  request.authenticated = has_certificate_;
}

void Session::arm_handler_timeout() {
  timer_.expires_after(host_.limits.handler_timeout);
  timer_.async_wait([self = shared_from_this(), number = number_](error_code error) {
    if (!error) self->answer(number, problem(503, "no answer in time; try again"));
  });
}

// May be called from any thread and after the server is gone: it holds neither, and looks first.
Respond Session::responder() {
  return [weak = weak_from_this(), number = number_, gate = gate_](Response response) {
    const std::shared_ptr<SessionHost> host = gate.lock();
    if (host == nullptr) return;
    boost::asio::post(host->context, [weak, number, response = std::move(response)]() mutable {
      if (const auto self = weak.lock()) self->answer(number, std::move(response));
    });
  };
}

void Session::answer(std::uint64_t number, Response response) {
  if (!awaiting_answer_ || number != number_) return;
  awaiting_answer_ = false;
  timer_.cancel();
  write(std::move(response), !last_ && !host_.stopping);
}

void Session::write(Response response, bool keep_alive) {
  message_.emplace(static_cast<http::status>(response.status), 11);
  message_->set(http::field::server, "driftd");
  message_->set(http::field::content_type, response.content_type);
  message_->set("X-Content-Type-Options", "nosniff");
  message_->set("X-Frame-Options", "DENY");
  message_->set("Referrer-Policy", "no-referrer");
  message_->set("Cross-Origin-Resource-Policy", "same-origin");
  message_->set("Content-Security-Policy", kPolicy);
  message_->set("Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers) message_->set(name, value);
  message_->keep_alive(keep_alive);
  message_->content_length(response.content().size());
  give_back();  // the request
  if (!head_only_) hold(std::move(response));
  tcp().expires_after(host_.limits.write_timeout);
  begin_to_wait();
  with_stream([this, keep_alive](auto& stream) {
    http::async_write(stream, *message_,
                      [self = shared_from_this(), keep_alive](error_code error, std::size_t) {
                        if (error) return self->end_after(error);
                        self->let_go();
                        if (keep_alive) {
                          self->wait_for_request();
                        } else {
                          self->say_goodbye();
                        }
                      });
  });
}

void Session::begin_to_wait() {
  waiting_ = true;
  host_.sessions.splice(host_.sessions.end(), host_.sessions, place_);
}

// Over TLS the client is told that nothing was cut off.
void Session::say_goodbye() {
  if (!secure_) return linger();
  tcp().expires_after(kLinger);
  secure_->async_shutdown([self = shared_from_this()](error_code error) {
    if (error == boost::beast::error::timeout) return self->close();
    self->linger();
  });
}

// Reads and drops what the client still sends, for a moment: closing over unread bytes would reset
// the connection and take the answer away from the client.
void Session::linger() {
  error_code ignored;
  tcp().socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  tcp().expires_after(kLinger);
  drop_input();
}

void Session::drop_input() {
  buffer_.clear();
  tcp().async_read_some(buffer_.prepare(kDropped),
                        [self = shared_from_this()](error_code error, std::size_t) {
                          if (error) return self->close();
                          self->drop_input();
                        });
}

}  // namespace driftd::app
