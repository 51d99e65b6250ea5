// The client against receivers that behave as badly as receivers do.
#include "alerts/delivery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "tests/support/test_receiver.h"

namespace driftd::alerts {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

const bool kNoSigpipe = [] {  // of the test server's own TLS writes
  std::signal(SIGPIPE, SIG_IGN);
  return true;
}();

HttpRequest request_to(const std::string& url) {
  HttpRequest request;
  request.url = url;
  request.headers = {{"content-type", "application/json"}, {"webhook-id", "abc"}};
  request.body = R"({"hello":"world"})";
  return request;
}

Answer send(Delivery& delivery, const std::string& url, Duration timeout = 5 * kSecond) {
  delivery.submit("one", request_to(url), timeout);
  const auto results = delivery.wait_results(30 * kSecond);
  EXPECT_EQ(results.size(), 1U);
  return results.empty() ? Answer{} : results[0].answer;
}

Answer send_to(const TestServer& server, Duration timeout = 5 * kSecond) {
  Delivery delivery({.user_agent = "driftd/test", .ca_file = "", .on_done = {}});
  return send(delivery, "http://127.0.0.1:" + server.port() + "/path?x=1", timeout);
}

// A receiver that reads the request and answers these bytes.
TestServer::Handler answers(const std::string& bytes) {
  return [bytes](Connection& connection) {
    connection.read_request();
    connection.write(bytes);
  };
}

TEST(Delivery, SendsTheVeryRequest) {
  std::string received;
  Answer answer;
  {
    TestServer server([&](Connection& connection) {
      received = connection.read_request();
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    answer = send_to(server);
    EXPECT_THAT(received, HasSubstr("Host: 127.0.0.1:" + server.port() + "\r\n"));
  }
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "ok");
  EXPECT_THAT(received, testing::StartsWith("POST /path?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(received, HasSubstr("User-Agent: driftd/test\r\n"));
  EXPECT_THAT(received, HasSubstr("webhook-id: abc\r\n"));
  EXPECT_THAT(received, HasSubstr("Content-Length: 17\r\n"));
  EXPECT_THAT(received, testing::EndsWith("\r\n\r\n{\"hello\":\"world\"}"));
}

TEST(Delivery, ReportsEveryStatusAndFollowsNoRedirect) {
  TestServer target(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  TestServer redirect(answers("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:" + target.port() +
                              "/\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(send_to(redirect).status, 302);
  EXPECT_EQ(target.connections(), 0);
  TestServer busy(answers("HTTP/1.1 429 Too Many\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"));
  const Answer answer = send_to(busy);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.retry_after, "120");
  TestServer broken(answers("HTTP/1.1 500 Oh\r\n\r\nwords until the end"));
  EXPECT_EQ(send_to(broken).body, "words until the end");
}

TEST(Delivery, CallsNoHostThatIsNotAllowed) {
  TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const auto answer_with = [&](const auto& set) {
    Delivery delivery({});
    HttpRequest request = request_to("http://127.0.0.1:" + server.port() + "/");
    set(request.access);
    delivery.submit("one", request, 5 * kSecond);
    const auto results = delivery.wait_results(30 * kSecond);
    return results.empty() ? Answer{} : results[0].answer;
  };
  const Answer other = answer_with([](HttpAccess& access) {
    access.allowed_hosts = {"hooks.example", "10.0.0.0/8"};
  });
  EXPECT_EQ(other.fault, NetworkFault::forbidden);
  EXPECT_THAT(other.message, HasSubstr("alerts.allowed_hosts does not name the host 127.0.0.1"));
  EXPECT_EQ(judge_answer({}, other, 0).verdict, Verdict::give_up);
  EXPECT_EQ(judge_answer({}, other, 0).reason, "forbidden");
  const Answer proxied = answer_with([](HttpAccess& access) {
    access.allowed_hosts = {"127.0.0.1"};
    access.proxy_url = "http://proxy.invalid:3128";
  });
  EXPECT_EQ(proxied.fault, NetworkFault::forbidden);
  const Answer token = answer_with([](HttpAccess& access) {
    access.allowed_hosts = {"127.0.0.1"};
    access.oauth2 = OAuth2Config{"id", Secret("s"), "", {}, "http://tokens.invalid/", {}};
  });
  EXPECT_EQ(token.fault, NetworkFault::forbidden);
  EXPECT_EQ(server.connections(), 0);
  EXPECT_EQ(answer_with([](HttpAccess& access) { access.allowed_hosts = {"127.0.0.0/8"}; }).status, 200);
}

TEST(Delivery, TimesOutOnAReceiverThatNeverAnswers) {
  TestServer server([](Connection& connection) { connection.wait_until_closed(); });
  const auto begin = std::chrono::steady_clock::now();
  const Answer answer = send_to(server, 300 * kMillisecond);
  EXPECT_EQ(answer.fault, NetworkFault::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST(Delivery, TimesOutOnAReceiverThatDripsForEver) {
  std::atomic<bool> stop = false;
  TestServer server([&](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 100 && !stop; ++i) {
      connection.write("X-Drip: 1\r\n");
      std::this_thread::sleep_for(20ms);
    }
  });
  EXPECT_EQ(send_to(server, 400 * kMillisecond).fault, NetworkFault::timeout);
  stop = true;
}

TEST(Delivery, AStalledReceiverHoldsUpNobody) {
  TestServer stalled([](Connection& connection) { connection.wait_until_closed(); });
  TestServer prompt(answers("HTTP/1.1 204 No Content\r\n\r\n"));
  Delivery delivery({});
  for (int i = 0; i < 20; ++i)
    delivery.submit("stalled", request_to("http://127.0.0.1:" + stalled.port()), kMinute);
  const auto begin = std::chrono::steady_clock::now();
  delivery.submit("prompt", request_to("http://127.0.0.1:" + prompt.port()), kMinute);
  const auto results = delivery.wait_results(30 * kSecond);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].id, "prompt");
  EXPECT_EQ(results[0].answer.status, 204);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}  // and its end does not wait for the stalled ones

TEST(Delivery, AResetIsANetworkFault) {
  TestServer server([](Connection& connection) {
    connection.read_request();
    connection.reset();
  });
  const Answer answer = send_to(server);
  EXPECT_EQ(answer.status, 0);
  EXPECT_EQ(answer.fault, NetworkFault::network);
}

TEST(Delivery, ClosingWithoutAWordIsAFault) {
  TestServer server([](Connection& connection) { connection.read_request(); });
  EXPECT_EQ(send_to(server).fault, NetworkFault::protocol);
}

TEST(Delivery, TheStatusHoldsWhenTheLengthWasALie) {
  TestServer too_short(answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"));
  EXPECT_EQ(send_to(too_short).status, 200);
  TestServer huge([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\npart");
    connection.wait_until_closed();
  });
  const Answer answer = send_to(huge, 400 * kMillisecond);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "part");
}

TEST(Delivery, ReadsNoMoreThanItNeedsOfAnEndlessBody) {
  std::atomic<bool> stop = false;
  TestServer server([&](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
    for (int i = 0; i < 10'000 && !stop; ++i) connection.write(chunk);
  });
  const Answer answer = send_to(server);
  stop = true;
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body.size(), 64U * 1024);
}

TEST(Delivery, WhatIsNoHttpIsAProtocolFault) {
  TestServer server(answers("SSH-2.0-OpenSSH_9.2\r\n"));
  EXPECT_EQ(send_to(server).fault, NetworkFault::protocol);
}

TEST(Delivery, NobodyThereIsAConnectFault) {
  std::string port;
  {
    TestServer gone(answers(""));
    port = gone.port();
  }
  Delivery delivery({});
  EXPECT_EQ(send(delivery, "http://127.0.0.1:" + port + "/").fault, NetworkFault::connect);
  EXPECT_EQ(send(delivery, "http://nobody.invalid/").fault, NetworkFault::resolve);
  EXPECT_EQ(send(delivery, "nonsense").fault, NetworkFault::request);
}

TEST(Delivery, LooksUpNames) {
  TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  Delivery delivery({});
  EXPECT_EQ(send(delivery, "http://localhost:" + server.port()).status, 200);
}

TEST(DeliveryTls, TrustsWhoTheAuthoritiesVouchFor) {
  const Certificate certificate("DNS:localhost,IP:127.0.0.1");
  TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"), &certificate);
  Delivery trusting({.user_agent = "driftd", .ca_file = certificate.file, .on_done = {}});
  EXPECT_EQ(send(trusting, "https://localhost:" + server.port() + "/").status, 200);
  EXPECT_EQ(send(trusting, "https://127.0.0.1:" + server.port() + "/").status, 200);
  Delivery standard({});
  const Answer refused = send(standard, "https://localhost:" + server.port() + "/");
  EXPECT_EQ(refused.fault, NetworkFault::tls);
  EXPECT_THAT(refused.message, HasSubstr("self-signed"));
}

TEST(DeliveryTls, RefusesAnotherHostsCertificate) {
  const Certificate certificate("DNS:other.example");
  TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), &certificate);
  Delivery trusting({.user_agent = "driftd", .ca_file = certificate.file, .on_done = {}});
  EXPECT_EQ(send(trusting, "https://localhost:" + server.port() + "/").fault, NetworkFault::tls);
  EXPECT_EQ(send(trusting, "https://127.0.0.1:" + server.port() + "/").fault, NetworkFault::tls);
}

TEST(DeliveryTls, RefusesOldVersions) {
  const Certificate certificate("DNS:localhost,IP:127.0.0.1");
  TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), &certificate, TLS1_1_VERSION);
  Delivery trusting({.user_agent = "driftd", .ca_file = certificate.file, .on_done = {}});
  EXPECT_EQ(send(trusting, "https://localhost:" + server.port() + "/").fault, NetworkFault::tls);
}

TEST(DeliveryTls, TimesOutInTheHandshake) {
  TestServer mute([](Connection& connection) { connection.wait_until_closed(); });
  Delivery delivery({});
  EXPECT_EQ(send(delivery, "https://127.0.0.1:" + mute.port() + "/", 300 * kMillisecond).fault,
            NetworkFault::timeout);
}

TEST(Delivery, TellsWhenSomethingIsDone) {
  TestServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  std::atomic<int> told = 0;
  {
    Delivery delivery({.user_agent = "driftd", .ca_file = "", .on_done = [&] { ++told; }});
    (void)send(delivery, "http://127.0.0.1:" + server.port());
  }
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace driftd::alerts
