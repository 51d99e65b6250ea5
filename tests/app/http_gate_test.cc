#include "app/http/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "app/http/credentials.h"
#include "app/http/password_hash.h"

namespace driftd::app {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// bcrypt: the web configuration that Prometheus' exporter-toolkit is tested with, and Openwall's own vectors;
// SHA-crypt: `openssl passwd -6 -salt saltstring` and `-5`.
constexpr const char* kAlice = "$2y$12$1DpfPeqF9HzHJt.EWswy1exHluGfbhnn3yXhR7Xes6m3WJqFg0Wby";
constexpr const char* kOpenwall = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK";

TEST(PasswordHash, HoldsForWhatOthersHaveHashed) {
  EXPECT_TRUE(password_matches("alice123", kAlice));
  EXPECT_TRUE(password_matches("U*U*", kOpenwall));
  EXPECT_TRUE(password_matches("Hello world!",
                               "$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/"
                               "O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"));
  EXPECT_TRUE(password_matches("Hello world!", "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"));
  EXPECT_FALSE(password_matches("U*U", kOpenwall));
  EXPECT_FALSE(password_matches("", kOpenwall));
  EXPECT_FALSE(password_matches(std::string("U*U*\0x", 6), kOpenwall));
}

TEST(PasswordHash, RefusesWhatIsNoneOrTooWeakOrTooDear) {
  EXPECT_EQ(password_hash_fault(kAlice), std::nullopt);
  EXPECT_EQ(password_hash_fault("$6$saltstring$x"), std::nullopt);
  for (const char* wrong : {"", "hunter2", "$1$salt$x", "rl.3StKT.4T8M", "$2y$12$short", "*", "!"}) {
    const auto fault = password_hash_fault(wrong);
    ASSERT_TRUE(fault) << wrong;
    EXPECT_THAT(*fault, Not(HasSubstr("hunter2")));
  }
  std::string dear = kAlice;
  dear.replace(4, 2, "18");
  EXPECT_THAT(password_hash_fault(dear).value_or(""), HasSubstr("cost 18"));
}

TEST(AuthorizationHeader, IsTakenApart) {
  const auto basic =
      parse_authorization("bAsIc QWxhZGRpbjpvcGVuOnNlc2FtZQ==").basic;  // RFC 7617, a colon more
  ASSERT_TRUE(basic);
  EXPECT_EQ(basic->user, "Aladdin");
  EXPECT_EQ(basic->password, "open:sesame");
  EXPECT_EQ(basic_authorization({"Aladdin", "open sesame"}),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");                                       // RFC 7617, 2
  EXPECT_EQ(parse_authorization("Bearer  mF_9.B5f-4.1JqM ").bearer, "mF_9.B5f-4.1JqM");  // RFC 6750, 2.1
  for (const char* none : {"", "Basic", "Basic ", "Basic !!!!", "Basic QQ==", "Digest x", "Basic QWxh\n",
                           "Negotiate QWxhZGRpbjpvcGVuOnNlc2FtZQ=="}) {
    const Authorization given = parse_authorization(none);
    EXPECT_FALSE(given.basic || given.bearer) << none;
  }
}

// What comes out of a gate, whichever thread it comes from.
class GateTest : public ::testing::Test {
 protected:
  static HttpConfig config() {
    HttpConfig http;
    http.basic_auth = {{"alice", Secret(kOpenwall)}, {"slow", Secret(kAlice)}};
    http.bearer_tokens = {Secret("old-token"), Secret("new-token")};
    return http;
  }
  Response ask(const std::string& authorization, std::string target = "/metrics",
               std::string method = "GET") {
    submit(authorization, std::move(target), std::move(method), "127.0.0.1");
    return wait_for(1).front();
  }
  void submit(const std::string& authorization, std::string target = "/metrics", std::string method = "GET",
              std::string peer = "127.0.0.1") {
    Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.peer = std::move(peer);
    if (!authorization.empty()) request.headers.emplace_back("authorization", authorization);
    handler_(std::move(request), [this](Response response) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(std::move(response));
      came_.notify_all();
    });
  }
  std::vector<Response> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(came_.wait_for(lock, std::chrono::seconds(60), [&] { return answers_.size() >= count; }));
    auto answers = std::exchange(answers_, {});
    if (answers.empty()) answers.emplace_back();
    return answers;
  }
  static std::string basic(const std::string& user, const std::string& password) {
    return basic_authorization({user, password});
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Response> answers_;
  std::vector<std::string> lines_;
  Logger log_{LogLevel::debug, LogFormat::logfmt, [this](std::string_view line) {
                const std::lock_guard lock(mutex_);
                lines_.emplace_back(line);
              }};
  Gate gate_{config(), log_};
  Handler handler_ = guarded(
      [](const Request& request, const Respond& respond) {
        Response response;
        response.body = request.authenticated ? "known" : "anybody";
        respond(std::move(response));
      },
      gate_);
};

TEST_F(GateTest, LetsInWhoHasATokenOrAPassword) {
  EXPECT_EQ(ask("Bearer old-token").body, "known");
  EXPECT_EQ(ask("bearer new-token").body, "known");
  EXPECT_EQ(ask(basic("alice", "U*U*")).body, "known");
  EXPECT_EQ(ask(basic("alice", "U*U*")).body, "known");  // from memory
}

TEST_F(GateTest, TurnsAwayAllOthersAndSaysWhatItWants) {
  for (const std::string& wrong :
       {std::string(), std::string("Bearer "), std::string("Bearer old-toke"),
        std::string("Bearer old-token2"), basic("alice", "U*U"), basic("alice", ""), basic("bob", "U*U*"),
        basic("", ""), basic("alice", "old-token"), std::string("Basic old-token")}) {
    const Response response = ask(wrong);
    EXPECT_EQ(response.status, 401) << wrong;
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].second, R"(Basic realm="driftd", charset="UTF-8", Bearer realm="driftd")");
  }
  EXPECT_EQ(ask("", "/-/reload", "POST").status, 401);
  EXPECT_EQ(ask("", "/-/ready", "POST").status, 401);
  EXPECT_EQ(ask("", "/-/ready/", "GET").status, 401);
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(lines_.size(), 1U);  // a minute
  EXPECT_THAT(lines_[0], HasSubstr("refused"));
}

TEST_F(GateTest, AsksProbesForNothing) {
  EXPECT_EQ(ask("", "/-/healthy").body, "anybody");
  EXPECT_EQ(ask("", "/-/ready?x=1").body, "anybody");
  EXPECT_EQ(ask("Bearer wrong", "/-/ready", "HEAD").body, "anybody");
}

TEST_F(GateTest, IsOpenWithoutCredentials) {
  gate_.configure({});
  EXPECT_EQ(ask("").body, "anybody");
  EXPECT_EQ(ask(basic("alice", "wrong")).body, "anybody");
}

TEST_F(GateTest, ForgetsWhatAReloadTookAway) {
  EXPECT_EQ(ask(basic("alice", "U*U*")).body, "known");
  HttpConfig http = config();
  http.basic_auth["alice"] = Secret("$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5");
  http.bearer_tokens = {Secret("new-token")};
  gate_.configure(http);
  EXPECT_EQ(ask(basic("alice", "U*U*")).status, 401);
  EXPECT_EQ(ask(basic("alice", "Hello world!")).body, "known");
  EXPECT_EQ(ask("Bearer old-token").status, 401);
}

TEST_F(GateTest, AFloodOfWrongPasswordsHoldsUpNobodyWhoIsKnown) {
  EXPECT_EQ(ask(basic("slow", "alice123")).body, "known");
  constexpr int kFlood = 60;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kFlood; ++i)
    submit(basic("slow", "guess" + std::to_string(i)), "/metrics", "GET", "10.0.0." + std::to_string(i % 3));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(200));  // one costs as much
  submit(basic("slow", "alice123"));
  submit("Bearer new-token");
  const std::vector<Response> answers = wait_for(kFlood + 2);
  int busy = 0, known = 0, refused = 0;
  for (const Response& one : answers) {
    busy += one.status == 503;
    refused += one.status == 401;
    known += one.body == "known";
  }
  EXPECT_EQ(known, 2);
  EXPECT_GE(busy, kFlood - 3 * 4 - 3);  // four of an address wait, and a few were through
  EXPECT_EQ(busy + refused, kFlood);
}

TEST_F(GateTest, AnUnknownUserTakesAsLongAsAWrongPassword) {
  const auto time_of = [&](const std::string& user) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(ask(basic(user, "guess-" + user)).status, 401);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  HttpConfig http;
  http.basic_auth = {{"slow", Secret(kAlice)}};
  gate_.configure(http);
  const double wrong = time_of("slow"), unknown = time_of("nobody");
  EXPECT_GT(unknown, wrong / 5);
}

}  // namespace
}  // namespace driftd::app
