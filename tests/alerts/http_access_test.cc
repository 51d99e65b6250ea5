// Credentials, certificates of one's own, tokens and proxies: what a receiver sees of them.
#include "alerts/http_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "alerts/delivery.h"
#include "alerts/http_credentials.h"
#include "alerts/signature.h"
#include "alerts/webhook_config.h"
#include "tests/support/test_receiver.h"

namespace driftd::alerts {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const bool kNoSigpipe = [] {  // of the test server's own TLS writes
  std::signal(SIGPIPE, SIG_IGN);
  return true;
}();

class SecretFile {
 public:
  explicit SecretFile(const std::string& text) {
    std::string path = "/tmp/driftd-test-secret-XXXXXX";
    ::close(::mkstemp(path.data()));
    name = path;
    write(text);
  }
  ~SecretFile() { std::filesystem::remove(name); }
  SecretFile(const SecretFile&) = delete;
  SecretFile& operator=(const SecretFile&) = delete;
  void write(const std::string& text) const { std::ofstream(name) << text; }

  std::string name;
};

Answer send(Delivery& delivery, const std::string& url, const HttpAccess& access) {
  HttpRequest request;
  request.url = url;
  request.body = "{}";
  request.access = access;
  delivery.submit("one", request, 5 * kSecond);
  const auto results = delivery.wait_results(30 * kSecond);
  EXPECT_EQ(results.size(), 1U);
  return results.empty() ? Answer{} : results[0].answer;
}

// A receiver that keeps what it was sent and answers with this status.
struct Receiver {
  explicit Receiver(const Certificate* certificate = nullptr, const Certificate* client = nullptr)
      : server(
            [this](Connection& connection) {
              const std::string text = connection.read_request();
              const std::lock_guard lock(mutex);
              requests.push_back(text);
              connection.write("HTTP/1.1 " + std::to_string(status) +
                               " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
            },
            certificate, 0, client) {}
  std::string last() {
    const std::lock_guard lock(mutex);
    return requests.empty() ? std::string() : requests.back();
  }
  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + server.port() + "/";
  }

  int status = 200;
  std::string body;
  std::mutex mutex;
  std::vector<std::string> requests;
  TestServer server;
};

Faults faults_of(const Node& access) {
  Node node = from_assignments({"name=w", "url=http://x/"});
  for (const auto& entry : access.entries) node.set(entry.key, entry.value);
  WebhookConfig webhook;
  Faults faults;
  fields_of_webhook().read(node, webhook, "w", faults);
  return faults;
}
Node with(const std::string& key, const std::vector<std::string>& assignments) {
  Node node = Node::map();
  node.set(key, from_assignments(assignments));
  return node;
}

TEST(HttpAccess, RefusesWhatDoesNotGoTogether) {
  const std::vector<std::pair<Node, std::string>> bad = {
      {with("authorization", {}), "w.authorization.credentials_file"},
      {with("authorization", {"credentials=a", "credentials_file=b"}), "w.authorization.credentials_file"},
      {with("authorization", {"type=Basic", "credentials=a"}), "w.authorization.type"},
      {with("authorization", {"type=a b", "credentials=a"}), "w.authorization.type"},
      {with("basic_auth", {"password=a"}), "w.basic_auth.username"},
      {with("basic_auth", {"username=a:b", "password=a"}), "w.basic_auth.username"},
      {with("basic_auth", {"username=a"}), "w.basic_auth.password_file"},
      {with("oauth2", {"client_id=a", "client_secret=b", "token_url=x"}), "w.oauth2.token_url"},
      {with("oauth2", {"client_id=a", "token_url=http://x/"}), "w.oauth2.client_secret_file"},
      {with("tls_config", {"cert_file=a"}), "w.tls_config.key_file"},
      {with("tls_config", {"key_file=a"}), "w.tls_config.cert_file"}};
  for (const auto& [node, key] : bad) {
    const Faults faults = faults_of(node);
    ASSERT_EQ(faults.size(), 1U) << key;
    EXPECT_EQ(faults[0].key, key);
  }
  Node both = with("basic_auth", {"username=a", "password=b"});
  both.set("authorization", from_assignments({"credentials=c"}));
  ASSERT_EQ(faults_of(both).size(), 1U);
  EXPECT_EQ(faults_of(both)[0].key, "w.basic_auth");
  for (const char* proxy : {"https://p:3128", "p:3128", "http://u:p@p:3128"}) {
    Node node = Node::map();
    node.set("proxy_url", Node::scalar(proxy));
    ASSERT_EQ(faults_of(node).size(), 1U) << proxy;
    EXPECT_EQ(faults_of(node)[0].key, "w.proxy_url");
  }
}

TEST(HttpAccess, ShowsNoCredentials) {
  Node node = from_assignments({"name=w", "url=http://x/"});
  node.set("basic_auth", from_assignments({"username=ann", "password=hunter2"}));
  WebhookConfig webhook;
  Faults faults;
  fields_of_webhook().read(node, webhook, "w", faults);
  EXPECT_TRUE(faults.empty());
  EXPECT_THAT(one_line(fields_of_webhook().show(webhook)), Not(HasSubstr("hunter2")));
}

TEST(Credentials, AFileIsOneLineThatIsReadAnew) {
  const SecretFile file("  abc\n");
  EXPECT_EQ(*read_secret_file(file.name), "abc");
  file.write("def");
  EXPECT_EQ(*read_secret_file(file.name), "def");
  for (const std::string& bad : {std::string("a\nb"), std::string("\n"), std::string(70'000, 'a')}) {
    file.write(bad);
    const auto read = read_secret_file(file.name);
    ASSERT_FALSE(read.ok());
    EXPECT_THAT(read.error().message, HasSubstr(file.name));
  }
  EXPECT_THAT(read_secret_file("/nowhere/x").error().message, HasSubstr("/nowhere/x"));
}

TEST(Credentials, GoIntoTheHeaderAsTheyAreAtTheAttempt) {
  Receiver receiver;
  Delivery delivery({});
  const SecretFile file("first");
  HttpAccess access;
  access.authorization = AuthorizationConfig{"Token", Secret(), file.name};
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 200);
  EXPECT_THAT(receiver.last(), HasSubstr("authorization: Token first\r\n"));
  file.write("second\n");
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 200);
  EXPECT_THAT(receiver.last(), HasSubstr("authorization: Token second\r\n"));
  access.authorization.reset();
  access.basic_auth = BasicAuthConfig{"ann", Secret("pa:ss"), ""};
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 200);
  EXPECT_THAT(receiver.last(), HasSubstr("authorization: Basic " + base64("ann:pa:ss") + "\r\n"));
  access.basic_auth->password_file = "/nowhere/password";
  const Answer answer = send(delivery, receiver.url(), access);
  EXPECT_EQ(answer.fault, NetworkFault::credentials);
  EXPECT_EQ(judge_answer({}, answer, 0).verdict, Verdict::again);
  EXPECT_EQ(judge_answer({}, answer, 0).reason, "credentials");
}

TEST(OAuth2, FetchesATokenOnceAndAnewWhenItIsRefused) {
  Receiver tokens, receiver;
  tokens.body = R"({"access_token":"T1","token_type":"Bearer","expires_in":3600})";
  Delivery delivery({});
  HttpAccess access;
  access.oauth2 = OAuth2Config{
      "id", Secret("se/cret"), "", {"read", "write"}, tokens.url() + "token", {{"audience", "a b"}}};
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 200);
  EXPECT_THAT(receiver.last(), HasSubstr("authorization: Bearer T1\r\n"));
  EXPECT_THAT(tokens.last(), StartsWith("POST /token HTTP/1.1\r\n"));
  EXPECT_THAT(tokens.last(), HasSubstr("authorization: Basic " + base64("id:se%2Fcret") + "\r\n"));
  EXPECT_THAT(tokens.last(),
              HasSubstr("\r\n\r\ngrant_type=client_credentials&scope=read%20write&audience=a%20b"));
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 200);
  EXPECT_EQ(tokens.requests.size(), 1U);
  receiver.status = 401;
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 401);
  receiver.status = 200;
  tokens.body = R"({"access_token":"T2"})";
  EXPECT_EQ(send(delivery, receiver.url(), access).status, 200);
  EXPECT_THAT(receiver.last(), HasSubstr("authorization: Bearer T2\r\n"));
  EXPECT_EQ(tokens.requests.size(), 2U);
}

TEST(OAuth2, WithoutATokenNothingIsSent) {
  Receiver tokens, receiver;
  tokens.status = 400;
  tokens.body = R"({"error":"invalid_client"})";
  Delivery delivery({});
  HttpAccess access;
  access.oauth2 = OAuth2Config{"id", Secret("s"), "", {}, tokens.url(), {}};
  const Answer refused = send(delivery, receiver.url(), access);
  EXPECT_EQ(refused.fault, NetworkFault::credentials);
  EXPECT_THAT(refused.message, HasSubstr("answered 400"));
  tokens.status = 200;
  for (const char* bad : {"nonsense", "{}", R"({"access_token":""})", R"({"access_token":"a\r\nX: y"})"}) {
    tokens.body = bad;
    EXPECT_EQ(send(delivery, receiver.url(), access).fault, NetworkFault::credentials) << bad;
  }
  EXPECT_TRUE(receiver.requests.empty());
}

TEST(TlsFilesOfACall, OwnAuthoritiesNameAndCertificate) {
  const Certificate server("DNS:inside.example"), client("DNS:driftd");
  Receiver receiver(&server, &client);
  Delivery delivery({});
  HttpAccess access;
  access.tls_config = TlsFiles{server.file, client.file, client.key_file, "inside.example"};
  EXPECT_EQ(send(delivery, receiver.url("https"), access).status, 200);
  access.tls_config->server_name.clear();
  EXPECT_EQ(send(delivery, receiver.url("https"), access).fault, NetworkFault::tls) << "another host's";
  access.tls_config = TlsFiles{server.file, "", "", "inside.example"};
  EXPECT_EQ(send(delivery, receiver.url("https"), access).status, 0) << "no certificate of its own";
  access.tls_config = TlsFiles{"/nowhere/ca.pem", "", "", ""};
  const Answer unread = send(delivery, receiver.url("https"), access);
  EXPECT_EQ(unread.fault, NetworkFault::tls);
  EXPECT_THAT(unread.message, HasSubstr("/nowhere/ca.pem"));
  access.tls_config = TlsFiles{server.file, client.file, server.key_file, "inside.example"};
  EXPECT_THAT(send(delivery, receiver.url("https"), access).message, HasSubstr(server.key_file))
      << "another's key";
}

TEST(Proxy, GetsTheWholeAddressOfAPlainCall) {
  Receiver proxy;
  Delivery delivery({});
  HttpAccess access;
  access.proxy_url = proxy.url();
  EXPECT_EQ(send(delivery, "http://nobody.invalid/path?x=1", access).status, 200);
  EXPECT_THAT(proxy.last(), StartsWith("POST http://nobody.invalid/path?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(proxy.last(), HasSubstr("Host: nobody.invalid\r\n"));
}

TEST(Proxy, OpensATunnelForTls) {
  const Certificate certificate("DNS:nobody.invalid");
  Receiver receiver(&certificate);
  std::string asked;
  std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";
  TestServer proxy([&](Connection& connection) {
    asked = connection.read_request();
    connection.write(answer);
    if (answer.find("200") != std::string::npos) connection.tunnel_to(receiver.server.port());
  });
  Delivery delivery({});
  HttpAccess access;
  access.proxy_url = "http://127.0.0.1:" + proxy.port();
  access.tls_config = TlsFiles{certificate.file, "", "", ""};
  EXPECT_EQ(send(delivery, "https://nobody.invalid/p", access).status, 200);
  EXPECT_THAT(asked, StartsWith("CONNECT nobody.invalid:443 HTTP/1.1\r\n"));
  EXPECT_THAT(receiver.last(), StartsWith("POST /p HTTP/1.1\r\n"));
  answer = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
  const Answer refused = send(delivery, "https://nobody.invalid/p", access);
  EXPECT_EQ(refused.fault, NetworkFault::connect);
  EXPECT_THAT(refused.message, HasSubstr("407"));
}

}  // namespace
}  // namespace driftd::alerts
