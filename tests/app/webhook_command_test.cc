// `driftd webhook` with a receiver that is not driftd.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "alerts/signature.h"
#include "app/commands/command.h"
#include "tests/support/test_receiver.h"

namespace driftd::app {
extern const Command command_webhook;
namespace {

using alerts::Connection;
using alerts::TestServer;
using ::testing::HasSubstr;
using ::testing::Not;

class WebhookCommand : public ::testing::Test {
 protected:
  ~WebhookCommand() override { std::filesystem::remove(file_); }

  ExitStatus run(const std::string& webhooks, std::vector<std::string> arguments) {
    std::ofstream(file_) << "kafka: {brokers: [localhost:9092], topics: {predictions: [p]}}\n"
                         << "alerts:\n  webhooks:\n"
                         << webhooks;
    CLI::App app;
    const Action action = command_webhook.prepare(app);
    arguments.insert(arguments.begin(), {"-c", file_});
    std::reverse(arguments.begin(), arguments.end());
    app.parse(arguments);
    Streams streams{in_, out_, err_};
    return action(streams);
  }

  std::string file_ =
      std::filesystem::temp_directory_path() / ("webhook-" + std::to_string(::getpid()) + ".yaml");
  std::istringstream in_;
  std::ostringstream out_, err_;
};

TEST_F(WebhookCommand, PrintsTheRequestWithoutItsSecrets) {
  ::setenv("DRIFTD_TEST_TOKEN", "hunter2hunter2", 1);
  EXPECT_EQ(run("    - name: retrain\n"
                "      url: http://h/{{model}}\n"
                "      secret: whsec_" +
                    alerts::base64(std::string(32, 'k')) +
                    "\n"
                    "      headers: {Authorization: 'Bearer topsecret', X-Team: ml}\n"
                    "      body: '{\"key\":\"${DRIFTD_TEST_TOKEN}\",\"run\":\"driftd-{{incident}}\"}'\n",
                {"retrain"}),
            ExitStatus::done)
      << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("POST http://h/credit\n"));
  EXPECT_THAT(out_.str(), HasSubstr("X-Team: ml\n"));
  EXPECT_THAT(out_.str(), HasSubstr("Authorization: <secret>\n"));
  EXPECT_THAT(out_.str(), HasSubstr("webhook-signature: v1,"));
  EXPECT_THAT(out_.str(), HasSubstr("{\"key\":\"<secret>\","));
  EXPECT_THAT(out_.str(), HasSubstr("\"run\":\"driftd-rule-"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("topsecret")));
  EXPECT_THAT(out_.str(), Not(HasSubstr("hunter2")));
}

TEST_F(WebhookCommand, SendsAndPrintsTheAnswer) {
  std::string received;
  {
    TestServer server([&](Connection& connection) {
      received = connection.read_request();
      connection.write("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\ndone");
    });
    const std::string webhook = "    - {name: a, url: 'http://127.0.0.1:" + server.port() + "/x'}\n";
    EXPECT_EQ(run(webhook, {"a", "--send", "--event", "resolved"}), ExitStatus::done) << err_.str();
  }
  EXPECT_THAT(received, HasSubstr("\"type\":\"drift.incident.resolved\""));
  EXPECT_THAT(out_.str(), HasSubstr("\nHTTP 201\n\ndone\n"));
}

TEST_F(WebhookCommand, FailsWhereTheReceiverDoes) {
  TestServer server([](Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
  });
  const std::string webhook = "    - {name: a, url: 'http://127.0.0.1:" + server.port() + "/x'}\n";
  EXPECT_EQ(run(webhook, {"a", "--send"}), ExitStatus::failed);
  EXPECT_THAT(err_.str(), HasSubstr("the receiver answered 404"));
  EXPECT_EQ(run(webhook, {"b"}), ExitStatus::usage);
  EXPECT_THAT(err_.str(), HasSubstr("there is no webhook b; there are a"));
}

}  // namespace
}  // namespace driftd::app
