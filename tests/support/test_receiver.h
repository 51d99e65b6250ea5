// A receiver for tests: a plain or TLS server on a loopback port whose every connection is handled by a
// function of the test, on a thread of its own. Blocking sockets; written against POSIX and OpenSSL only,
// so that nothing of the client under test is used to test it.
#pragma once

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
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
  void reset();                             // closes with RST
  void wait_until_closed();                 // by the client, or by the end of the test
  void tunnel_to(const std::string& port);  // a proxy's part: bytes go both ways until one side ends

 private:
  long read_some(char* bytes, std::size_t size);

  int socket_;
  SSL* tls_;
};

// A self-signed certificate for the names and addresses given, and the files of it and of its key in PEM.
struct Certificate {
  explicit Certificate(const std::string& subject_alternative_names);  // "DNS:localhost,IP:127.0.0.1"
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  std::string file;
  std::string key_file;
};

class TestServer {
 public:
  using Handler = std::function<void(Connection&)>;

  // `client`: whose certificate a caller has to show; null: nobody's.
  explicit TestServer(Handler handler, const Certificate* certificate = nullptr, int newest_tls = 0,
                      const Certificate* client = nullptr);
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

inline long Connection::read_some(char* bytes, std::size_t size) {
  if (tls_ != nullptr) return SSL_read(tls_, bytes, static_cast<int>(size));
  return ::recv(socket_, bytes, size, 0);
}

inline std::string Connection::read_request() {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const std::size_t end = text.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::size_t at = text.find("Content-Length: ");
      const std::size_t body = at == std::string::npos ? 0 : std::strtoul(&text[at + 16], nullptr, 10);
      if (text.size() >= end + 4 + body) return text;
    }
    const long size = read_some(buffer.data(), buffer.size());
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

inline void Connection::write(const std::string& bytes) {
  if (tls_ != nullptr)
    SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()));
  else
    (void)!::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

inline void Connection::reset() {
  const linger now{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

inline void Connection::wait_until_closed() {
  std::array<char, 4096> buffer{};
  while (::recv(socket_, buffer.data(), buffer.size(), 0) > 0) {
  }
}

inline void Connection::tunnel_to(const std::string& port) {
  const int other = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  ::connect(other, reinterpret_cast<sockaddr*>(&address), sizeof address);
  std::array<pollfd, 2> ends = {pollfd{socket_, POLLIN, 0}, pollfd{other, POLLIN, 0}};
  std::array<char, 4096> buffer{};
  for (bool open = true; open && ::poll(ends.data(), ends.size(), -1) > 0;)
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (ends[i].revents == 0) continue;
      const long size = ::recv(ends[i].fd, buffer.data(), buffer.size(), 0);
      open = open && size > 0 &&
             ::send(ends[1 - i].fd, buffer.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL) > 0;
    }
  ::close(other);
}

inline Certificate::Certificate(const std::string& names) {
  key = EVP_EC_gen("P-256");
  certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("driftd test"),
                             -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  for (const auto& [id, value] :
       {std::pair{NID_subject_alt_name, names}, {NID_basic_constraints, "CA:TRUE"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(certificate, key, EVP_sha256());
  file = "/tmp/driftd-test-ca-XXXXXX";
  FILE* out = ::fdopen(::mkstemp(file.data()), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  key_file = "/tmp/driftd-test-key-XXXXXX";
  out = ::fdopen(::mkstemp(key_file.data()), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
}

inline Certificate::~Certificate() {
  ::unlink(file.c_str());
  ::unlink(key_file.c_str());
  X509_free(certificate);
  EVP_PKEY_free(key);
}

inline TestServer::TestServer(Handler handler, const Certificate* certificate, int newest_tls,
                              const Certificate* client)
    : handler_(std::move(handler)) {
  if (certificate != nullptr) {
    context_ = SSL_CTX_new(TLS_server_method());
    if (newest_tls != 0) {
      SSL_CTX_set_security_level(context_, 0);
      SSL_CTX_set_max_proto_version(context_, newest_tls);
    }
    SSL_CTX_use_certificate(context_, certificate->certificate);
    SSL_CTX_use_PrivateKey(context_, certificate->key);
    if (client != nullptr) {
      SSL_CTX_load_verify_locations(context_, client->file.c_str(), nullptr);
      SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::listen(listener_, 64);
  socklen_t size = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { serve(); });
}

inline TestServer::~TestServer() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(context_);
}

inline void TestServer::serve() {
  for (;;) {
    const int socket = ::accept(listener_, nullptr, nullptr);
    if (socket < 0 || stopping_) {
      if (socket >= 0) ::close(socket);
      return;
    }
    ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { handle(socket); });
  }
}

inline void TestServer::handle(int socket) {
  SSL* tls = nullptr;
  if (context_ != nullptr) {
    tls = SSL_new(context_);
    SSL_set_fd(tls, socket);
    if (SSL_accept(tls) == 1) {
      Connection connection(socket, tls);
      handler_(connection);
      SSL_shutdown(tls);
    }
    SSL_free(tls);
  } else {
    Connection connection(socket, nullptr);
    handler_(connection);
  }
  const std::lock_guard lock(mutex_);
  std::erase(sockets_, socket);
  ::close(socket);
}

}  // namespace driftd::alerts
