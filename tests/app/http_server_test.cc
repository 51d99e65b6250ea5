#include "app/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "app/http/client.h"
#include "tests/app/http_echo_server.h"
#include "tests/app/http_raw_client.h"

namespace driftd::app {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(HttpServer, AnswersManyRequestsOnOneConnection) {
  HttpServer server = started(echo);
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
    const std::string response = client.read_response();
    EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(response, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(response, ::testing::EndsWith("POST /x abc"));
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  HttpServer server = started(echo);
  RawClient client(server.port());
  ASSERT_TRUE(client.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HTTP/1.0\r\n\r\n"));
  const std::string all = client.read_all();
  EXPECT_LT(all.find("GET /1"), all.find("GET /2"));
  EXPECT_LT(all.find("GET /2"), all.find("GET /3"));
  EXPECT_THAT(all, HasSubstr("GET /3"));
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  HttpServer server = started(echo);
  RawClient client(server.port());
  ASSERT_TRUE(client.send("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
  const std::string all = client.read_all();
  EXPECT_THAT(all, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(all, ::testing::EndsWith("\r\n\r\n"));
}

TEST(HttpServer, TakesAnswersFromAnyThreadOnceAndToLateOnesNothing) {
  std::promise<Respond> promise;
  std::future<Respond> later = promise.get_future();
  Respond respond;
  {
    HttpServer server = started([&](const Request&, Respond r) { promise.set_value(std::move(r)); });
    RawClient client(server.port());
    ASSERT_TRUE(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    respond = later.get();
    std::thread([&] {
      Response response;
      response.body = "first";
      respond(response);
      response.body = "second";
      respond(response);
    }).join();
    EXPECT_THAT(client.read_response(), ::testing::EndsWith("first"));
    client.patience(50ms);
    EXPECT_EQ(client.read_all(), "");
  }
  respond({});  // the server is gone
}

TEST(HttpServer, AnswersInPlaceOfAHandlerThatDoesNot) {
  HttpLimits limits;
  limits.handler_timeout = 50ms;
  std::vector<Respond> kept;
  HttpServer server = started([&](const Request&, Respond r) { kept.push_back(std::move(r)); }, limits);
  const Result<Reply> reply = http_call(server.url(), "GET", "/");
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 503);
}

TEST(HttpServer, AnswersAHandlerThatThrewWith500) {
  HttpServer server = started([](const Request&, const Respond&) { throw std::runtime_error("odd"); });
  EXPECT_EQ(http_call(server.url(), "GET", "/")->status, 500);
}

TEST(HttpServer, RefusesWhatIsTooLargeOrNotHttp) {
  HttpLimits limits;
  limits.body_bytes = 1000;
  HttpServer server = started(echo, limits);
  const auto said = [&](const std::string& bytes) {
    RawClient client(server.port());
    client.send(bytes);
    return client.read_all();
  };
  EXPECT_THAT(said("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(said("POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(said("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" + std::string(1024, 'x') +
                   "\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(said("hello there\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(said(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03\r\n\r\n", 15)),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(said("GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
              StartsWith("HTTP/1.1 400 "));
}

TEST(HttpServer, KnowsTheHeadersInAnyLetterCase) {
  HttpServer server = started([](const Request& request, const Respond& respond) {
    Response response;
    const std::string* value = request.header("x-TEST");
    response.body = value != nullptr ? *value : "none";
    response.body += request.from_loopback ? " here" : " elsewhere";
    respond(std::move(response));
  });
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nX-Test: seen\r\n\r\n");
  EXPECT_THAT(client.read_response(), ::testing::EndsWith("seen here"));
}

TEST(HttpServer, EndsConnectionsThatAreSlowOrSilent) {
  HttpLimits limits;
  limits.request_timeout = 100ms;
  limits.idle_timeout = 200ms;
  HttpServer server = started(echo, limits);
  RawClient silent(server.port());
  RawClient slow(server.port());
  slow.send("GET / HTTP/1.1\r\nX-");
  EXPECT_TRUE(slow.at_end());
  EXPECT_TRUE(silent.at_end());
}

TEST(HttpServer, ServesNewClientsThoughManySlowOnesHoldConnections) {
  HttpLimits limits;
  limits.max_connections = 8;
  HttpServer server = started(echo, limits);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    slow.back()->send("GET / HT");
  }
  for (int i = 0; i < 5; ++i) {
    const Result<Reply> reply = http_call(server.url(), "GET", "/", 5s);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
  }
  EXPECT_TRUE(slow.front()->at_end());
}

TEST(HttpServer, ServesManyClientsAtOnce) {
  HttpServer server = started(echo);
  std::atomic<int> good = 0;
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      RawClient client(server.port());
      for (int i = 0; i < 100; ++i) {
        const std::string path = "/" + std::to_string(c) + "/" + std::to_string(i);
        client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        if (client.read_response().ends_with("GET " + path + " ")) ++good;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(good, 800);
}

TEST(HttpServer, LetsARequestEndWhenItStops) {
  std::promise<Respond> promise;
  std::future<Respond> later = promise.get_future();
  HttpServer server = started([&](const Request&, Respond r) { promise.set_value(std::move(r)); });
  RawClient idle(server.port());
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  Respond respond = later.get();
  std::thread stopping([&] { server.stop(5s); });
  EXPECT_TRUE(idle.at_end());
  respond({200, "text/plain", "done", {}});
  EXPECT_THAT(client.read_response(), ::testing::EndsWith("done"));
  stopping.join();
  EXPECT_FALSE(RawClient(server.port()).connected());
  server.stop();  // again
}

TEST(HttpServer, StopsWithinItsGraceThoughAnAnswerNeverComes) {
  std::vector<Respond> kept;
  std::promise<void> arrived;
  HttpServer server = started([&](const Request&, Respond r) {
    kept.push_back(std::move(r));
    arrived.set_value();
  });
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  arrived.get_future().wait();
  const auto begun = std::chrono::steady_clock::now();
  server.stop(100ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST(HttpServer, SaysWhyItCannotListen) {
  HttpServer server = started(echo);
  const Result<HttpServer> taken = HttpServer::start("127.0.0.1:" + std::to_string(server.port()), echo);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::io);
  for (const char* wrong : {"127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "::1:80", "256.0.0.1:80"}) {
    const Result<HttpServer> refused = HttpServer::start(wrong, echo);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, ErrorCode::invalid) << wrong;
    EXPECT_THAT(refused.error().message, HasSubstr(wrong));
  }
}

TEST(HttpServer, MovesWithItsConnections) {
  HttpServer first = started(echo);
  HttpServer second = started(echo);
  const std::uint16_t gone = second.port();
  second = std::move(first);
  EXPECT_FALSE(RawClient(gone).connected());
  EXPECT_EQ(http_call(second.url(), "GET", "/")->status, 200);
}

}  // namespace
}  // namespace driftd::app
