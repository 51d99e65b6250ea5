// `driftd models` and `driftd incidents` against a server with the real routes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/commands/command.h"
#include "app/http/api.h"
#include "app/http/client.h"
#include "tests/app/http_fake_view.h"

namespace driftd::app {
extern const Command command_models;
extern const Command command_incidents;
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class AskingCommands : public ::testing::Test {
 protected:
  ExitStatus run(const Command& command, std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    CLI::App app;
    const Action action = command.prepare(app);
    arguments.insert(arguments.begin(), {"--url", server_->url()});
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
    Streams streams{in_, out_, err_};
    return action(streams);
  }

  FakeEngine engine_;
  Result<HttpServer> server_ = HttpServer::start("127.0.0.1:0", make_api(engine_.mailbox));
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(AskingCommands, ModelsAreATable) {
  EXPECT_EQ(run(command_models, {}), ExitStatus::done);
  EXPECT_EQ(out_.str(),
            "MODEL   VERSION  STATE     TASK    PREDICTIONS  LAST PREDICTION           OPEN INCIDENTS\n"
            "credit  7        watching  binary  48210        2026-11-21T08:00:00.250Z  1\n"
            "credit  8        learning  binary  120          2026-11-21T08:00:00Z      1\n");
}

TEST_F(AskingCommands, ModelsAreJsonWhenAsked) {
  EXPECT_EQ(run(command_models, {"--format", "json"}), ExitStatus::done);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["models"].size(), 1U);
  EXPECT_EQ(run(command_models, {"credit"}), ExitStatus::done);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["model"], "credit");
  EXPECT_EQ(run(command_models, {"un/known"}), ExitStatus::failed);
  EXPECT_THAT(err_.str(), HasSubstr("there is no model un/known"));
}

TEST_F(AskingCommands, IncidentsAreATable) {
  EXPECT_EQ(run(command_incidents, {}), ExitStatus::done);
  EXPECT_THAT(out_.str(), HasSubstr(kIncident));
  EXPECT_THAT(out_.str(), HasSubstr("psi of income is 0.31, above 0.25 for 30m\n"));
}

TEST_F(AskingCommands, IncidentsAreAcknowledgedAndResolved) {
  EXPECT_EQ(run(command_incidents, {"--acknowledge", kIncident}), ExitStatus::done);
  EXPECT_EQ(run(command_incidents, {"--resolve", kIncident}), ExitStatus::done);
  EXPECT_THAT(engine_.view.asked, ::testing::ElementsAre(std::string("acknowledge ") + kIncident,
                                                         std::string("resolve ") + kIncident));
  EXPECT_EQ(run(command_incidents, {"--resolve", "rule-closed"}), ExitStatus::failed);
  EXPECT_THAT(err_.str(), HasSubstr("resolved already"));
  EXPECT_THROW(run(command_incidents, {"--resolve", "a", "--acknowledge", "b"}), CLI::ParseError);
}

TEST_F(AskingCommands, SayWhenNobodyAnswers) {
  server_->stop();
  EXPECT_EQ(run(command_models, {}), ExitStatus::failed);
  EXPECT_THAT(err_.str(), HasSubstr("no driftd answers at http://127.0.0.1:"));
}

TEST(HttpClient, RefusesWhatIsNoUrl) {
  for (const char* url :
       {"localhost:9108", "https://a", "http://", "http://a:x", "http://a/path", "http://:1"}) {
    const Result<Reply> reply = http_call(url, "GET", "/");
    ASSERT_FALSE(reply) << url;
    EXPECT_EQ(reply.error().code, ErrorCode::invalid) << url;
  }
}

TEST(HttpClient, GivesUpInTime) {
  std::vector<Respond> kept;
  const Result<HttpServer> server =
      HttpServer::start("127.0.0.1:0", [&](const Request&, Respond r) { kept.push_back(std::move(r)); });
  const Result<Reply> reply = http_call(server->url(), "GET", "/", std::chrono::milliseconds(50));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace driftd::app
