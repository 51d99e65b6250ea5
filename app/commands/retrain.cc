// `driftd retrain`: asks a running driftd to have a model retrained.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "app/commands/ask.h"
#include "app/commands/command.h"
#include "app/http/target.h"

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  AskOptions ask;
  std::string model, version, reason;
};

ExitStatus retrain(const Options& options, Streams& streams) {
  std::string target = "/api/v1/models/" + percent_encoded(options.model) + "/actions/retrain";
  target += "?reason=" + percent_encoded(options.reason);
  if (!options.version.empty()) target += "&version=" + percent_encoded(options.version);
  const Result<Json> answer = ask(options.ask, "POST", target);
  if (!answer) {
    streams.err << "driftd: " << answer.error().message << '\n';
    return answer.error().code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
  }
  if (options.ask.format == "json")
    streams.out << answer->dump(2) << '\n';
  else
    streams.out << "a retraining of " << options.model << " is asked for; incident "
                << cell(*answer, "incident") << '\n';
  return ExitStatus::done;
}

}  // namespace

extern const Command command_retrain;
const Command command_retrain = {
    .name = "retrain",
    .summary = "ask a running driftd to have a model retrained",
    .examples =
        "driftd retrain credit --reason 'new features since monday'\n"
        "driftd retrain credit --version 7\n\n"
        "It opens an incident with action retrain, which goes to the webhooks that start retrainings. It is\n"
        "refused while one is under way; docs/retraining.md has the states.",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("MODEL", options->model, "which model")->required();
      app.add_option("--version", options->version, "which version; default: the one that predicted last");
      app.add_option("--reason", options->reason, "why, for people");
      add_ask_options(app, options->ask);
      return [options](Streams& streams) { return retrain(*options, streams); };
    },
};

}  // namespace driftd::app
