// `driftd run`: the service, until SIGTERM or SIGINT.
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include "app/commands/command.h"
#include "app/config/load.h"
#include "app/service.h"
#include "app/signals.h"

namespace driftd::app {
namespace {

// A core file would hold every secret. Who wants one all the same allows it in the environment.
void leave_no_core_file() {
  const char* wanted =
      std::getenv("DRIFTD_CORE_FILES");  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  if (wanted != nullptr && std::string_view(wanted) == "1") return;
  const rlimit none{0, 0};
  (void)setrlimit(RLIMIT_CORE, &none);
}

ExitStatus run(const std::string& file, Streams& streams) {
  LoadedConfig loaded = load_config(file);
  if (!loaded.ok()) {
    streams.err << to_text(loaded.faults);
    return ExitStatus::usage;
  }
  leave_no_core_file();
  umask(077);  // what is stored tells of people
  Signals signals;
  const Logger log(loaded.config.log.level, loaded.config.log.format);
  // Nobody is left to bring an exit status to main: what is stored is whole at any instant.
  signals.end_within(std::chrono::milliseconds(loaded.config.service.stop_within / kMillisecond),
                     [log](std::string_view why) {
                       log.error(why);
                       std::_Exit(static_cast<int>(ExitStatus::failed));
                     });
  auto service = Service::start(file, std::move(loaded.config), log, [&] { return signals.stop_asked(); });
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
        "kill PID         finishes the round under way, writes a checkpoint, ends within "
        "service.stop_within;\n"
        "                 a second time: ends at once\n"
        "docs/operations.md says what it tells systemd, /-/ready and /-/healthy.",
    .prepare = [](CLI::App& app) -> Action {
      auto file = std::make_shared<std::string>();
      app.add_option("-c,--config", *file, "the configuration file")->required();
      return [file](Streams& streams) { return run(*file, streams); };
    },
};

}  // namespace driftd::app
