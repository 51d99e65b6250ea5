// A client that says exactly the bytes it is told to, for what a decent client would not do.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

namespace driftd::app {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    patience(std::chrono::seconds(10));
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void patience(std::chrono::milliseconds time) const {
    const timeval limit{time.count() / 1000, (time.count() % 1000) * 1000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void end_input() const { ::shutdown(socket_, SHUT_WR); }
  // Until the other side ends the connection, or patience does.
  std::string read_all() {
    while (read_some()) {
    }
    return std::exchange(seen_, {});
  }
  // One response with its body (Content-Length alone).
  std::string read_response() {
    std::size_t end = std::string::npos;
    while ((end = seen_.find("\r\n\r\n")) == std::string::npos && read_some()) {
    }
    if (end == std::string::npos) return std::exchange(seen_, {});
    const std::size_t field = seen_.find("Content-Length: ");
    std::size_t size = end + 4;
    if (field < end) size += std::stoul(seen_.substr(field + 16));
    while (seen_.size() < size && read_some()) {
    }
    std::string response = seen_.substr(0, size);
    seen_.erase(0, size);
    return response;
  }
  // The other side has ended the connection.
  [[nodiscard]] bool at_end() const {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) == 0;
  }

 private:
  bool read_some() {
    char buffer[65536];
    const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
    if (size <= 0) return false;
    seen_.append(buffer, static_cast<std::size_t>(size));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string seen_;
};

}  // namespace driftd::app
