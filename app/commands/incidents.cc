// `driftd incidents`: what a running driftd says is wrong, and the answers to it.
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
  std::string resolve, acknowledge;
  bool all = false;
};

// How much performance rests on: "39104 joined, 8706 waiting, 400 expired, 0 evicted".
std::string labels_of(const Json& incident) {
  const auto coverage = incident.find("coverage");
  if (coverage == incident.end() || !coverage->is_object()) return "-";
  std::string text;
  for (const char* what : {"joined", "waiting", "expired", "evicted"})
    text += (text.empty() ? "" : ", ") + cell(*coverage, what) + " " + what;
  return text;
}

void print_incidents(std::ostream& out, const Json& document, bool all) {
  std::vector<std::vector<std::string>> rows = {
      {"INCIDENT", "MODEL", "VERSION", "KIND", "SEVERITY", "ACTION", "STATE", "OPENED", "LABELS", "SUMMARY"}};
  for (const Json& incident : document.value("incidents", Json::array())) {
    const std::string state = cell(incident, "state");
    if (state == "resolved" && !all) continue;
    rows.push_back({cell(incident, "incident"), cell(incident, "model"), cell(incident, "version"),
                    cell(incident, "kind"), cell(incident, "severity"), cell(incident, "action"), state,
                    cell(incident, "opened_at"), labels_of(incident), cell(incident, "summary")});
  }
  if (rows.size() == 1) {
    out << (all ? "no incidents\n" : "no open incidents\n");
  } else {
    print_table(out, rows);
  }
}

ExitStatus failed(const Error& error, Streams& streams) {
  streams.err << "driftd: " << error.message << '\n';
  return error.code == ErrorCode::invalid ? ExitStatus::usage : ExitStatus::failed;
}

ExitStatus change(const AskOptions& options, const std::string& id, const char* verb, Streams& streams) {
  const Result<Json> done = ask(options, "POST", "/api/v1/incidents/" + percent_encoded(id) + "/" + verb);
  if (!done) return failed(done.error(), streams);
  streams.err << id << ": " << verb << "d\n";
  return ExitStatus::done;
}

ExitStatus show_incidents(const Options& options, Streams& streams) {
  if (!options.resolve.empty()) return change(options.ask, options.resolve, "resolve", streams);
  if (!options.acknowledge.empty()) return change(options.ask, options.acknowledge, "acknowledge", streams);
  const Result<Json> document = ask(options.ask, "GET", "/api/v1/incidents");
  if (!document) return failed(document.error(), streams);
  if (options.ask.format == "json") {
    streams.out << document->dump(2) << '\n';
  } else {
    print_incidents(streams.out, *document, options.all);
  }
  return ExitStatus::done;
}

}  // namespace

extern const Command command_incidents;
const Command command_incidents = {
    .name = "incidents",
    .summary = "the incidents of a running driftd; acknowledge or resolve one",
    .examples =
        "driftd incidents                       those that are open\n"
        "driftd incidents --all --format json   closed ones too\n"
        "driftd incidents --acknowledge ID      someone is at it\n"
        "driftd incidents --resolve ID          it is over: what is now is the new normal",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      add_ask_options(app, options->ask);
      app.add_flag("--all", options->all, "closed ones too");
      auto* resolve = app.add_option("--resolve", options->resolve, "close this incident as the new normal");
      app.add_option("--acknowledge", options->acknowledge, "say that someone is at it")->excludes(resolve);
      return [options](Streams& streams) { return show_incidents(*options, streams); };
    },
};

}  // namespace driftd::app
