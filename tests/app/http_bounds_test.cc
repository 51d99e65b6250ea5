// What a server holds for its clients is bounded, and what it closed for that is counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "app/http/client.h"
#include "app/http/server.h"
#include "tests/app/http_echo_server.h"
#include "tests/app/http_raw_client.h"

namespace driftd::app {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::StartsWith;

// Waits until the counter is at least that.
bool reaches(const HttpServer& server, std::uint64_t HttpStats::*counter, std::uint64_t least) {
  for (int i = 0; i < 1000; ++i) {
    if (server.stats().*counter >= least) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST(HttpBounds, CountsConnectionsThatItClosedForOthers) {
  HttpLimits limits;
  limits.max_connections = 4;
  HttpServer server = started(echo, limits);
  std::vector<std::unique_ptr<RawClient>> silent;
  for (int i = 0; i < 10; ++i) silent.push_back(std::make_unique<RawClient>(server.port()));
  EXPECT_EQ(http_call(server.url(), "GET", "/", 5s)->status, 200);
  EXPECT_TRUE(reaches(server, &HttpStats::closed_for_connections, 7));
  EXPECT_LE(server.stats().connections, 5U);
  EXPECT_EQ(server.stats().closed_for_memory, 0U);
  EXPECT_EQ(server.stats().closed_as_slow, 0U);
}

TEST(HttpBounds, TakesNoMoreConnectionsThanItsLimitWhileAllAreBeingAnswered) {
  HttpLimits limits;
  limits.max_connections = 2;
  std::mutex mutex;
  std::vector<Respond> kept;
  HttpServer server = started(
      [&](const Request&, Respond r) {
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(r));
      },
      limits);
  RawClient first(server.port());
  RawClient second(server.port());
  for (const RawClient* client : {&first, &second}) client->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto asked = [&] {
    const std::lock_guard lock(mutex);
    return kept.size();
  };
  for (int i = 0; i < 1000 && asked() < 2; ++i) std::this_thread::sleep_for(10ms);
  ASSERT_EQ(asked(), 2U);
  EXPECT_TRUE(RawClient(server.port()).at_end());
  EXPECT_EQ(server.stats().closed_for_connections, 1U);
  for (const Respond& respond : kept) respond({200, "text/plain", "done", {}});
  EXPECT_THAT(first.read_response(), EndsWith("done"));
}

TEST(HttpBounds, CountsClientsThatAreTooSlow) {
  HttpLimits limits;
  limits.request_timeout = 100ms;
  limits.idle_timeout = 100ms;
  HttpServer server = started(echo, limits);
  RawClient silent(server.port());
  EXPECT_TRUE(silent.at_end());
  EXPECT_EQ(server.stats().closed_as_slow, 0U);  // it had asked for nothing
  RawClient slow(server.port());
  slow.send("GET / HTTP/1.1\r\nX-");
  EXPECT_TRUE(slow.at_end());
  EXPECT_TRUE(reaches(server, &HttpStats::closed_as_slow, 1));
}

TEST(HttpBounds, HoldsBackBodiesOfRequestsWithinItsMemory) {
  HttpLimits limits;
  limits.max_memory = 4'000'000;
  HttpServer server = started(echo, limits);
  RawClient idle(server.port());  // holds nothing, so that closing it would not help
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 10; ++i) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    slow.back()->send("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n");
  }
  EXPECT_TRUE(reaches(server, &HttpStats::closed_for_memory, 6));
  EXPECT_TRUE(slow.front()->at_end());
  RawClient chunked(server.port());  // may become a MiB
  chunked.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_TRUE(reaches(server, &HttpStats::closed_for_memory, 8));
  chunked.send("3\r\nabc\r\n0\r\n\r\n");
  EXPECT_THAT(chunked.read_response(), EndsWith("POST / abc"));
  idle.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(idle.read_response(), EndsWith("GET / "));
}

TEST(HttpBounds, RefusesABodyWhereTheMemoryIsHeldByRequestsThatAreBeingAnswered) {
  HttpLimits limits;
  limits.max_memory = 1'000'000;
  std::mutex mutex;
  std::vector<Respond> kept;
  HttpServer server = started(
      [&](const Request& request, const Respond& respond) {
        const std::lock_guard lock(mutex);
        if (request.target == "/wait") return kept.push_back(respond);
        respond({200, "text/plain", std::to_string(request.body.size()), {}});
      },
      limits);
  RawClient waiting(server.port());
  waiting.send("POST /wait HTTP/1.1\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'x'));
  const auto asked = [&] {
    const std::lock_guard lock(mutex);
    return kept.size();
  };
  for (int i = 0; i < 1000 && asked() < 1; ++i) std::this_thread::sleep_for(10ms);
  ASSERT_EQ(asked(), 1U);
  RawClient refused(server.port());
  refused.send("POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n");
  EXPECT_THAT(refused.read_response(), StartsWith("HTTP/1.1 503 "));
  EXPECT_EQ(server.stats().closed_for_memory, 1U);
  kept.front()({200, "text/plain", "done", {}});
  EXPECT_THAT(waiting.read_response(), EndsWith("done"));
  RawClient alone(server.port());  // more than all of it
  alone.send("POST / HTTP/1.1\r\nContent-Length: 1200000\r\n\r\n" + std::string(1'200'000, 'x'));
  EXPECT_THAT(alone.read_response(), EndsWith("1200000"));
}

TEST(HttpBounds, HoldsAnswersThatNobodyReadsWithinItsMemory) {
  HttpLimits limits;
  limits.max_memory = 40'000'000;
  const std::string page(20'000'000, 'x');  // more than the kernel takes
  HttpServer server = started(
      [&](const Request&, const Respond& r) {
        r({200, "text/plain", page, {}});
      },
      limits);
  std::vector<std::unique_ptr<RawClient>> slow;
  for (int i = 0; i < 6; ++i) {
    slow.push_back(std::make_unique<RawClient>(server.port()));
    slow.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_TRUE(reaches(server, &HttpStats::closed_for_memory, 4));
  EXPECT_EQ(http_call(server.url(), "GET", "/", 10s)->body.size(), page.size());
}

TEST(HttpBounds, CountsAPageThatAnswersShareOnce) {
  HttpLimits limits;
  limits.max_memory = 30'000'000;
  const auto page = std::make_shared<const std::string>(20'000'000, 'x');
  HttpServer server = started(
      [&](const Request&, const Respond& r) {
        r({200, "text/plain", "", {}, page});
      },
      limits);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  for (const auto& client : clients) EXPECT_GT(client->read_response().size(), page->size());
  EXPECT_EQ(server.stats().closed_for_memory, 0U);
  clients.clear();
  for (int i = 0; i < 1000 && page.use_count() > 1; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(page.use_count(), 1);  // no answer holds it any more
}

}  // namespace
}  // namespace driftd::app
