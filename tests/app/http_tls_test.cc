// The server over TLS, asked by driftd's own client and by OpenSSL as it is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/http/client.h"
#include "app/http/server.h"
#include "tests/app/http_raw_client.h"
#include "tests/support/test_receiver.h"

namespace driftd::app {
namespace {

using namespace std::chrono_literals;
using alerts::Certificate;
using ::testing::HasSubstr;

void say_peer(const Request& request, const Respond& respond) {
  Response response;
  response.body = request.method + " " + request.target + (request.authenticated ? " known" : "");
  respond(std::move(response));
}

HttpTlsConfig files_of(const Certificate& certificate) {
  return {certificate.file, certificate.key_file, ""};
}

class TlsServer : public ::testing::Test {
 protected:
  static HttpServer started(const HttpTlsConfig& files, const HttpLimits& limits = {}) {
    Result<HttpServer> server = HttpServer::start("127.0.0.1:0", say_peer, limits, files);
    EXPECT_TRUE(server) << server.error().message;
    return *std::move(server);
  }
  static Result<Reply> get(const HttpServer& server, const std::string& ca_file) {
    return http_call(server.url(), "GET", "/x", 10s, {.authorization = "", .ca_file = ca_file});
  }
  // An SSL handshake with what `prepare` makes of the context; the version that came out, or "".
  template <class Prepare>
  static std::string handshake(const HttpServer& server, Prepare prepare) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                    &SSL_CTX_free);
    prepare(context.get());
    const std::string address = "127.0.0.1:" + std::to_string(server.port());
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()),
                                                            &BIO_free_all);
    BIO_set_conn_hostname(bio.get(), address.c_str());
    if (BIO_do_connect(bio.get()) != 1 || BIO_do_handshake(bio.get()) != 1) return "";
    SSL* ssl = nullptr;
    BIO_get_ssl(bio.get(), &ssl);
    return SSL_get_version(ssl);
  }

  const Certificate own_{"DNS:localhost,IP:127.0.0.1"};
};

TEST_F(TlsServer, AnswersWhoTrustsItsCertificate) {
  const HttpServer server = started(files_of(own_));
  EXPECT_THAT(server.url(), ::testing::StartsWith("https://127.0.0.1:"));
  const auto reply = get(server, own_.file);
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "GET /x");
}

TEST_F(TlsServer, IsRefusedByWhoTrustsAnotherOrKnowsItByAnotherName) {
  const HttpServer server = started(files_of(own_));
  const auto by_system = get(server, "");
  ASSERT_FALSE(by_system);
  EXPECT_THAT(by_system.error().message, HasSubstr("--ca-file"));
  const Certificate other("DNS:elsewhere.example");
  const HttpServer misnamed = started(files_of(other));
  EXPECT_FALSE(get(misnamed, other.file));
  EXPECT_EQ(get(server, "/no/such/file").error().code, ErrorCode::invalid);
}

TEST_F(TlsServer, SpeaksNothingOlderThan12AndNoWeakCipher) {
  const HttpServer server = started(files_of(own_));
  EXPECT_EQ(handshake(server, [](SSL_CTX*) {}), "TLSv1.3");
  const auto newest = [](long version) {
    return [version](SSL_CTX* context) {
      SSL_CTX_set_security_level(context, 0);
      SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
      SSL_CTX_set_max_proto_version(context, static_cast<int>(version));
    };
  };
  EXPECT_EQ(handshake(server, newest(TLS1_2_VERSION)), "TLSv1.2");
  EXPECT_EQ(handshake(server, newest(TLS1_1_VERSION)), "");
  const auto cipher = [](const char* list) {
    return [list](SSL_CTX* context) {
      SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
      SSL_CTX_set_cipher_list(context, list);
    };
  };
  EXPECT_EQ(handshake(server, cipher("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-GCM-SHA256")),
            "TLSv1.2");
  EXPECT_EQ(handshake(server, cipher("AES128-SHA")), "");            // no forward secrecy
  EXPECT_EQ(handshake(server, cipher("ECDHE-RSA-AES128-SHA")), "");  // CBC
}

TEST_F(TlsServer, EndsAHandshakeThatDoesNotComeAndAnswersOthersMeanwhile) {
  HttpLimits limits;
  limits.handshake_timeout = 300ms;
  const HttpServer server = started(files_of(own_), limits);
  const RawClient silent(server.port());
  RawClient plain(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(get(server, own_.file));
  EXPECT_TRUE(silent.at_end());
  EXPECT_THAT(plain.read_all(), ::testing::Not(HasSubstr("HTTP/1.1 200")));
}

TEST_F(TlsServer, TakesNewCertificatesFromTheNextConnectionOn) {
  HttpServer server = started(files_of(own_));
  const Certificate next("DNS:localhost,IP:127.0.0.1");
  EXPECT_FALSE(get(server, next.file));
  auto read = HttpServer::read_certificates(files_of(next));
  ASSERT_TRUE(read) << read.error().message;
  server.use(*std::move(read));
  EXPECT_TRUE(get(server, next.file));
  EXPECT_FALSE(get(server, own_.file));
}

TEST_F(TlsServer, KnowsAClientByItsCertificate) {
  const Certificate client("DNS:scraper");
  HttpTlsConfig files = files_of(own_);
  files.client_ca_file = client.file;
  const HttpServer server = started(files);
  EXPECT_FALSE(get(server, own_.file));  // shows none
  const auto with_certificate = [&](SSL_CTX* context) {
    SSL_CTX_set_max_proto_version(context,
                                  TLS1_2_VERSION);  // in 1.3 a refusal comes after the client's handshake
    SSL_CTX_use_certificate(context, client.certificate);
    SSL_CTX_use_PrivateKey(context, client.key);
  };
  EXPECT_EQ(handshake(server, with_certificate), "TLSv1.2");
  EXPECT_EQ(
      handshake(server, [](SSL_CTX* context) { SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION); }),
      "");
}

TEST_F(TlsServer, SaysWhichFileCannotBeUsed) {
  const Certificate other("DNS:localhost");
  const auto fault = [](const HttpTlsConfig& files) {
    const auto read = HttpServer::read_certificates(files);
    return read ? std::string() : read.error().message;
  };
  EXPECT_THAT(fault({"/gone/cert.pem", own_.key_file, ""}), HasSubstr("the certificate /gone/cert.pem"));
  EXPECT_THAT(fault({own_.file, own_.file, ""}), HasSubstr("the key " + own_.file));
  EXPECT_THAT(fault({own_.file, other.key_file, ""}), HasSubstr(other.key_file));
  EXPECT_THAT(fault({own_.file, own_.key_file, "/gone/ca.pem"}), HasSubstr("the authorities /gone/ca.pem"));
  EXPECT_EQ(fault(files_of(own_)), "");
}

}  // namespace
}  // namespace driftd::app
