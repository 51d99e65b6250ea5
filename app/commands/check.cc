// `driftd check`: every fault of the configuration, nothing started.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/certify/certificate_watch.h"
#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/config/show.h"

namespace driftd::app {
namespace {

struct Options {
  std::string file;
  bool print = false;
};

ExitStatus check(const Options& options, Streams& streams) {
  const LoadedConfig loaded = load_config(options.file);
  if (!loaded.ok()) {
    streams.err << to_text(loaded.faults);
    return ExitStatus::usage;
  }
  if (options.print) {
    streams.out << config_as_yaml(loaded.config);
  } else {
    streams.out << options.file << ": no fault\n";
    for (const Uncertified& one : uncertified_files(loaded.config))
      streams.out << "not certified: " << remedy(one, options.file) << "\n";
  }
  return ExitStatus::done;
}

}  // namespace

extern const Command command_check;
const Command command_check = {
    .name = "check",
    .summary = "every fault of a configuration with file, line and key; starts nothing",
    .examples =
        "driftd check -c driftd.yaml\n"
        "driftd check -c driftd.yaml --print    with all defaults filled in, secrets left out",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      app.add_option("-c,--config", options->file, "the configuration file")->required();
      app.add_flag("--print", options->print, "print the effective configuration");
      return [options](Streams& streams) { return check(*options, streams); };
    },
};

}  // namespace driftd::app
