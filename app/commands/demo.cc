// `driftd demo`: all of it on one machine.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "app/commands/command.h"
#include "app/demo/demo.h"

namespace driftd::app {

extern const Command command_demo;
const Command command_demo = {
    .name = "demo",
    .summary = "all of it on one machine: a broker, a model that drifts, driftd, a receiver",
    .examples =
        "driftd demo                          tells what happens; look at http://127.0.0.1:9108/metrics\n"
        "driftd demo --once                   ends by itself; exit code 0 if the drift was found and told\n"
        "driftd demo --listen 127.0.0.1:0     on a free port",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<DemoOptions>();
      app.add_flag("--once", options->once, "end when drift, webhook and metrics have been seen");
      app.add_option("--listen", options->listen, "address and port of the service's pages")
          ->capture_default_str();
      return [options](Streams& streams) {
        const bool seen = run_demo(*options, streams.out);
        return seen || !options->once ? ExitStatus::done : ExitStatus::failed;
      };
    },
};

}  // namespace driftd::app
