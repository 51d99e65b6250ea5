#include "app/http/session.h"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include "app/http/json.h"

namespace driftd::app {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::chrono::seconds kLinger{1};
constexpr std::size_t kDropped = 64 * 1024;

bool is_loopback(const boost::asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

Request value_of(http::request<http::string_body>&& message, bool from_loopback) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  for (const auto& field : message) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  request.body = std::move(message.body());
  request.from_loopback = from_loopback;
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
    : host_(*host), gate_(host), stream_(std::move(socket)), timer_(host->context) {
  place_ = host_.sessions.insert(host_.sessions.end(), this);
}

Session::~Session() { host_.sessions.erase(place_); }

void Session::start() { wait_for_request(); }

void Session::close() {
  error_code ignored;
  timer_.cancel();
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

// Between two requests a client may be silent for long; once its request has begun, not.
void Session::wait_for_request() {
  begin_to_wait();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(host_.limits.header_bytes));
  parser_->body_limit(host_.limits.body_bytes);
  if (buffer_.size() > 0) return read_header();  // sent behind the one before
  stream_.expires_after(host_.limits.idle_timeout);
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](error_code error, std::size_t size) {
                            self->buffer_.commit(size);
                            if (error) return self->close();
                            self->read_header();
                          });
}

void Session::read_header() {
  stream_.expires_after(host_.limits.request_timeout);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, std::size_t) {
                            if (error) return self->refuse(error);
                            self->read_body();
                          });
}

void Session::read_body() {
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
    if (error) return self->refuse(error);
    self->handle();
  });
}

// What cannot be read is answered, if it can be, and the connection ends: where the next request
// would begin is not known.
void Session::refuse(error_code error) {
  if (error == http::error::header_limit)
    return write(problem(431, "the request's header is too large"), false);
  if (error == http::error::body_limit) return write(problem(413, "the request's body is too large"), false);
  if (error == boost::beast::error::timeout) return close();
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
  stream_.expires_never();
  error_code error;
  const auto peer = stream_.socket().remote_endpoint(error);
  http::request<http::string_body> message = parser_->release();
  head_only_ = message.method() == http::verb::head;
  last_ = last_ || !message.keep_alive();
  Request request = value_of(std::move(message), !error && is_loopback(peer.address()));
  arm_handler_timeout();
  try {
    host_.handler(std::move(request), responder());
  } catch (const std::exception& fault) {
    answer(number_, problem(500, fault.what()));
  }
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
  message_->set("Cache-Control", "no-store");
  for (const auto& [name, value] : response.headers) message_->set(name, value);
  message_->keep_alive(keep_alive);
  const std::size_t size = response.body.size();
  if (!head_only_) message_->body() = std::move(response.body);
  message_->content_length(size);
  stream_.expires_after(host_.limits.write_timeout);
  begin_to_wait();
  http::async_write(stream_, *message_,
                    [self = shared_from_this(), keep_alive](error_code error, std::size_t) {
                      if (error) return self->close();
                      self->message_.reset();
                      if (keep_alive) {
                        self->wait_for_request();
                      } else {
                        self->linger();
                      }
                    });
}

void Session::begin_to_wait() {
  waiting_ = true;
  host_.sessions.splice(host_.sessions.end(), host_.sessions, place_);
}

// Reads and drops what the client still sends, for a moment: closing over unread bytes would reset
// the connection and take the answer away from the client.
void Session::linger() {
  error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.expires_after(kLinger);
  drop_input();
}

void Session::drop_input() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(kDropped),
                          [self = shared_from_this()](error_code error, std::size_t) {
                            if (error) return self->close();
                            self->drop_input();
                          });
}

}  // namespace driftd::app
