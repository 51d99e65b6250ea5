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
extern const Command command_reference;
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
       {"localhost:9108", "ftp://a", "http://", "http://a:x", "http://a/path", "http://:1"}) {
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

TEST_F(AskingCommands, ReferencesAreATable) {
  EXPECT_EQ(run(command_reference, {"credit"}), ExitStatus::done);
  EXPECT_THAT(out_.str(), HasSubstr("NUMBER  ORIGIN  ROWS   PAIRS"));
  EXPECT_THAT(out_.str(), HasSubstr("2       recent  48210  0"));
  EXPECT_THAT(out_.str(), HasSubstr("7          sha256:9a1f0c55d2e84b3b"));
  EXPECT_EQ(run(command_reference, {"nobody"}), ExitStatus::failed);
  EXPECT_THAT(err_.str(), HasSubstr("there is no model nobody"));
}

TEST_F(AskingCommands, AReferenceIsAdoptedOrLookedAt) {
  EXPECT_EQ(run(command_reference, {"credit", "--last", "7d", "--preview", "--version", "7"}),
            ExitStatus::done);
  EXPECT_TRUE(engine_.view.last_wish->preview);
  EXPECT_EQ(engine_.view.last_wish->version, "7");
  EXPECT_THAT(out_.str(), HasSubstr("credit version 7: recent, 48210 rows"));
  EXPECT_THAT(out_.str(), HasSubstr("income  0.310  0.220  0.410"));
  EXPECT_THAT(out_.str(), HasSubstr("closes data-51f2c0aa9b3e4d5f6071: income: location up"));
  EXPECT_THAT(out_.str(), HasSubstr("note: the reference spans less than 14 days"));
  EXPECT_THAT(out_.str(), HasSubstr("nothing was changed"));
  EXPECT_EQ(run(command_reference, {"credit", "--back", "3"}), ExitStatus::done);
  EXPECT_EQ(engine_.view.last_wish->number, 3);
  EXPECT_THAT(out_.str(), HasSubstr("adopted as number 2"));
  EXPECT_EQ(run(command_reference, {"credit", "--back", "sha256:77d0"}), ExitStatus::done);
  EXPECT_EQ(engine_.view.last_wish->digest, "sha256:77d0");
  EXPECT_EQ(run(command_reference, {"credit", "--adopt", "/nowhere.json"}), ExitStatus::usage);
  EXPECT_THAT(err_.str(), HasSubstr("/nowhere.json: cannot be read"));
  EXPECT_EQ(run(command_reference, {"credit", "--preview"}), ExitStatus::usage);
  EXPECT_EQ(run(command_reference, {"credit", "--last", "1d"}), ExitStatus::failed);
  EXPECT_THAT(err_.str(), HasSubstr("not between 2d and 92d"));
}

}  // namespace
}  // namespace driftd::app
