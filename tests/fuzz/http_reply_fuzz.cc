// Bytes that answer a call of `driftd models` and the like: a reply with a status, or a fault in words.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <thread>

#include "app/http/client.h"
#include "tests/fuzz/round_trip.h"

namespace {

using driftd::fuzz::require;

// Answers one connection with exactly these bytes.
class OneAnswer {
 public:
  OneAnswer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    require(::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                ::listen(socket_, 16) == 0 &&
                ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0,
            "there is a port");
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  [[nodiscard]] const std::string& url() const { return url_; }
  void answer(std::string_view bytes) const {
    const int connection = ::accept(socket_, nullptr, nullptr);
    char request[1024];
    (void)!::recv(connection, request, sizeof request, 0);
    (void)!::send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::shutdown(connection, SHUT_WR);
    while (::recv(connection, request, sizeof request, 0) > 0) {
    }
    ::close(connection);
  }

 private:
  int socket_;
  std::string url_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const OneAnswer receiver;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::thread answering([&] { receiver.answer(bytes); });
  const auto reply = driftd::app::http_call(receiver.url(), "GET", "/", std::chrono::seconds(10));
  answering.join();
  if (reply.ok()) {
    require(bytes.starts_with("HTTP/1."), "what is no HTTP is no reply");
    require(reply->status > 0 && reply->status < 1000, "a reply has a status");
    require(reply->body.size() <= size, "a body came from the bytes");
  } else {
    require(!reply.error().message.empty(), "a refusal says why");
    require(reply.error().message.find("in time") == std::string::npos,
            "an answer that ends is not waited for");
  }
  return 0;
}
