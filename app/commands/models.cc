// `driftd models`: what a running driftd knows of its models.
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "app/commands/ask.h"
#include "app/commands/command.h"
#include "app/http/target.h"

namespace driftd::app {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  AskOptions ask;
  std::string model;
};

void print_models(std::ostream& out, const Json& document) {
  std::vector<std::vector<std::string>> rows = {
      {"MODEL", "VERSION", "STATE", "TASK", "PREDICTIONS", "LAST PREDICTION", "OPEN INCIDENTS"}};
  for (const Json& model : document.value("models", Json::array())) {
    for (const Json& version : model.value("versions", Json::array())) {
      rows.push_back({cell(model, "model"), cell(version, "version"), cell(version, "state"),
                      cell(version, "task"), cell(version, "predictions"), cell(version, "last_prediction"),
                      cell(model, "open_incidents")});
    }
  }
  if (rows.size() == 1) {
    out << "no models yet\n";
  } else {
    print_table(out, rows);
  }
}

ExitStatus show_models(const Options& options, Streams& streams) {
  const std::string target =
      "/api/v1/models" + (options.model.empty() ? std::string() : "/" + percent_encoded(options.model));
  const Result<Json> document = ask(options.ask, "GET", target);
  if (!document) {
    streams.err << "driftd: " << document.error().message << '\n';
    return document.error().code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
  }
  if (options.ask.format == "json" || !options.model.empty()) {
    streams.out << document->dump(2) << '\n';
  } else {
    print_models(streams.out, *document);
  }
  return ExitStatus::done;
}

}  // namespace

extern const Command command_models;
const Command command_models = {
    .name = "models",
    .summary = "the models that a running driftd watches",
    .examples =
        "driftd models                          all of them as a table\n"
        "driftd models credit                   all about one, as JSON\n"
        "driftd models --format json --url http://10.0.0.7:9108",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      add_ask_options(app, options->ask);
      app.add_option("MODEL", options->model, "only this one, with all details, as JSON");
      return [options](Streams& streams) { return show_models(*options, streams); };
    },
};

}  // namespace driftd::app
