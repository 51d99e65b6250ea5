// `driftd doctor`: what is in a store, what is wrong with it, and what mending it costs.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/commands/command.h"
#include "app/commands/which_store.h"
#include "app/doctor/broker_check.h"
#include "app/doctor/copies.h"
#include "app/doctor/survey_page.h"

namespace driftd::app {
namespace {

struct Options {
  WhichStore which;
  std::string format = "table";
  bool mend = false;
  bool kafka = false;
  std::string output;
};

void show(const Options& options, const Survey& survey, std::ostream& out) {
  out << (options.format == "json" ? survey_json(survey) : survey_text(survey));
}

ExitStatus mend(const Options& options, const FoundStore& found, Streams& streams) {
  streams.err << "mending\n";
  const auto mended = mend_store(found.path, options.output, found.config_or_null());
  if (!mended.ok()) {
    streams.err << "driftd: " << mended.error().message << '\n';
    return ExitStatus::failed;
  }
  show(options, mended->survey, streams.out);
  streams.err << "the mended store is " << mended->store << "; the damaged one is kept as " << mended->damaged
              << '\n';
  return ExitStatus::done;
}

ExitStatus examine(const Options& options, Streams& streams) {
  const auto found = find_store(options.which, streams);
  if (!found) return ExitStatus::usage;
  if (options.kafka && !found->config) {
    streams.err << "driftd: --kafka needs the configuration: -c FILE\n";
    return ExitStatus::usage;
  }
  auto survey = survey_store(found->path, {.config = found->config_or_null()});
  if (!survey.ok()) {
    streams.err << "driftd: " << survey.error().message << '\n';
    return ExitStatus::failed;
  }
  if (options.kafka) {
    auto notes = offsets_beside_brokers(*found->config, *survey);
    if (!notes.ok()) {
      streams.err << "driftd: " << notes.error().message << '\n';
      return ExitStatus::failed;
    }
    survey->notes = std::move(*notes);
  }
  if (!options.mend || survey->healthy()) {
    show(options, *survey, streams.out);
    return survey->healthy() ? ExitStatus::done : ExitStatus::failed;
  }
  streams.err << survey_text(*survey);
  return mend(options, *found, streams);
}

}  // namespace

extern const Command command_doctor;
const Command command_doctor = {
    .name = "doctor",
    .summary = "what is in a store, what is wrong with it, and what mending it costs",
    .examples =
        "driftd doctor -c driftd.yaml            also beside the running service: it only reads\n"
        "driftd doctor --store DIR --format json for programs; exit 0: healthy, 1: damaged\n"
        "driftd doctor --store DIR --mend        says what it costs, then puts a mended store in the place "
        "of\n"
        "                                        the damaged one, which stays as DIR.damaged-TIME\n"
        "driftd doctor --store DIR --mend -o NEW makes the mended store at NEW and changes nothing else",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      add_store_options(app, options->which);
      app.add_option("--format", options->format, "table or json")
          ->check(CLI::IsMember({"table", "json"}))
          ->capture_default_str();
      app.add_flag("--mend", options->mend,
                   "make a store of what can be believed; refused while a process has the store open");
      app.add_flag("--kafka", options->kafka,
                   "also whether the brokers still hold what the offsets point to");
      app.add_option("-o,--output", options->output, "with --mend: where, instead of in its place");
      return [options](Streams& streams) { return examine(*options, streams); };
    },
};

}  // namespace driftd::app
