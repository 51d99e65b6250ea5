// `driftd run`: the service, until SIGTERM or SIGINT.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/service.h"
#include "app/signals.h"

namespace driftd::app {
namespace {

ExitStatus run(const std::string& file, Streams& streams) {
  LoadedConfig loaded = load_config(file);
  if (!loaded.ok()) {
    streams.err << to_text(loaded.faults);
    return ExitStatus::usage;
  }
  Signals signals;
  const Logger log(loaded.config.log.level, loaded.config.log.format);
  auto service = Service::start(file, std::move(loaded.config), log, [&] { return signals.stop_asked(); });
  if (!service.ok() && signals.stop_asked()) {
    log.info("stopped before it had started", {{"reason", service.error().message}});
    return ExitStatus::done;
  }
  if (!service.ok()) {
    log.error(service.error().message);
    return ExitStatus::failed;
  }
  while (true) {
    const Signals::Wish wish = signals.next();
    if (wish == Signals::Wish::stop) break;
    if (wish == Signals::Wish::reload)
      if (const Status done = (*service)->reload(); !done.ok())
        log.error("reload refused; the running configuration stays", {{"faults", done.error().message}});
    if (const Status done = (*service)->turn(); !done.ok()) {
      log.error(done.error().message);
      return ExitStatus::failed;
    }
  }
  log.info("stopping");
  const Status stopped = (*service)->stop();
  if (!stopped.ok()) log.error("the last checkpoint failed", {{"error", stopped.error().message}});
  return stopped.ok() ? ExitStatus::done : ExitStatus::failed;
}

}  // namespace

extern const Command command_run;
const Command command_run = {
    .name = "run",
    .summary = "the service",
    .examples =
        "driftd run -c driftd.yaml\n"
        "kill -HUP PID    reads the file anew; a faulty one changes nothing\n"
        "kill PID         finishes the round under way, writes a checkpoint, ends",
    .prepare = [](CLI::App& app) -> Action {
      auto file = std::make_shared<std::string>();
      app.add_option("-c,--config", *file, "the configuration file")->required();
      return [file](Streams& streams) { return run(*file, streams); };
    },
};

}  // namespace driftd::app
