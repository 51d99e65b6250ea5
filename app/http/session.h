// One connection of the HttpServer: reads a request, hands it on, writes the answer, and again.
// Lives on the server's thread; shared_ptr because each pending operation keeps it alive.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "app/http/server.h"

namespace driftd::app {

class Session;

// What the sessions of one server share. Pending operations keep sessions alive, and `context` keeps
// those: it goes before the list that each session leaves when it ends.
struct SessionHost {
  SessionHost(Handler what, const HttpLimits& within) : handler(std::move(what)), limits(within) {}

  const Handler handler;
  const HttpLimits limits;
  std::shared_ptr<boost::asio::ssl::context> tls;  // null: plain
  bool client_certificates = false;                // whoever gets through the handshake has shown one
  std::list<Session*> sessions;  // in the order in which they began to wait for their client
  bool stopping = false;
  std::size_t memory = 0;                            // bytes of bodies and answers
  std::map<const std::string*, std::size_t> shared;  // pages of several answers: how many hold each

  // What HttpServer::stats() reads from other threads.
  std::atomic<std::uint64_t> open = 0, for_connections = 0, for_memory = 0, as_slow = 0;
  boost::asio::io_context context{1};

  // Closes the one that has waited longest for its client; false where none waits.
  bool close_longest_waiting();
  // Takes the memory, and closes for it others that wait for their clients and hold some. False where that
  // was not enough: the limit is exceeded, by more than one that is larger than that by itself.
  bool take(std::size_t bytes, const Session* for_whom);
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(boost::asio::ip::tcp::socket&& socket, const std::shared_ptr<SessionHost>& host);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  [[nodiscard]] bool waits_for_client() const { return waiting_ && !closed_; }
  [[nodiscard]] bool waits_for_request() const { return waiting_ && !message_; }
  [[nodiscard]] bool holds_memory() const { return memory_ > 0 || shares_; }
  void close();
  void close(std::atomic<std::uint64_t>& reason);

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Message = boost::beast::http::response<boost::beast::http::span_body<const char>>;
  using Tcp = boost::beast::tcp_stream;
  using Secure = boost::beast::ssl_stream<Tcp>;

  Tcp& tcp() { return secure_ ? secure_->next_layer() : *plain_; }
  template <class Use>
  void with_stream(Use&& use) {
    if (secure_) {
      use(*secure_);
    } else {
      use(*plain_);
    }
  }

  void shake_hands();

  void wait_for_request();
  void read_header();
  void read_body();
  void refuse(boost::beast::error_code error);
  void handle();
  void describe_peer(Request& request);
  void arm_handler_timeout();
  [[nodiscard]] Respond responder();
  void answer(std::uint64_t number, Response response);
  void write(Response response, bool keep_alive);
  void begin_to_wait();
  void end_after(boost::beast::error_code error);
  void hold(Response response);
  void let_go();
  // Of a body or an answer, whichever this connection is about.
  bool take_memory(std::size_t bytes);  // false: beyond the limit
  void take_page(std::shared_ptr<const std::string> page);
  void give_back();
  void say_goodbye();
  void linger();
  void drop_input();

  SessionHost& host_;                               // outlives every session
  std::weak_ptr<SessionHost> gate_;                 // for answers that may come later than that
  std::shared_ptr<boost::asio::ssl::context> tls_;  // what this connection began with
  std::optional<Tcp> plain_;                        // either this
  std::optional<Secure> secure_;                    // or that
  bool has_certificate_ = false;
  boost::beast::flat_buffer buffer_;
  boost::asio::steady_timer timer_;
  std::list<Session*>::iterator place_;
  std::optional<Parser> parser_;
  std::optional<Message> message_;
  std::string own_page_;                            // what message_ views: this
  std::shared_ptr<const std::string> shared_page_;  // or that
  std::size_t memory_ = 0;                          // counted for this connection alone
  bool shares_ = false;                             // counted for shared_page_
  std::uint64_t number_ = 0;  // of the request being answered; an answer to an older one is dropped
  bool awaiting_answer_ = false;
  bool head_only_ = false;
  bool waiting_ = true;  // for the client, not for the handler
  bool closed_ = false;
  bool last_ = false;
};

}  // namespace driftd::app
