// A receiver for tests: a plain or TLS server on a loopback port whose every connection is handled by a
// function of the test, on a thread of its own. Blocking sockets; written against POSIX and OpenSSL only,
// so that nothing of the client under test is used to test it.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace driftd::alerts {

class Connection {
 public:
  Connection(int socket, SSL* tls) : socket_(socket), tls_(tls) {}

  std::string read_request();  // head and as much of the body as content-length says
  void write(const std::string& bytes);
  void reset();              // closes with RST
  void wait_until_closed();  // by the client, or by the end of the test

 private:
  long read_some(char* bytes, std::size_t size);

  int socket_;
  SSL* tls_;
};

// A self-signed certificate for the names and addresses given, and the file of it in PEM.
struct Certificate {
  explicit Certificate(const std::string& subject_alternative_names);  // "DNS:localhost,IP:127.0.0.1"
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  std::string file;
};

class TestServer {
 public:
  using Handler = std::function<void(Connection&)>;

  explicit TestServer(Handler handler, const Certificate* certificate = nullptr, int newest_tls = 0);
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve();
  void handle(int socket);

  Handler handler_;
  SSL_CTX* context_ = nullptr;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<int> sockets_;  // guarded by mutex_
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace driftd::alerts
