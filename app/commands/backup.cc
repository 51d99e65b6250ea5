// `driftd backup`: a copy of a store, also of one that is in use.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/commands/command.h"
#include "app/commands/which_store.h"
#include "app/doctor/copies.h"

namespace driftd::app {
namespace {

struct Options {
  WhichStore which;
  std::string output;
};

ExitStatus back_up_store(const Options& options, Streams& streams) {
  const auto found = find_store(options.which, streams);
  if (!found) return ExitStatus::usage;
  const auto made = back_up(found->path, options.output, found->config_or_null());
  if (!made.ok()) {
    streams.err << "driftd: " << made.error().message << '\n';
    return ExitStatus::failed;
  }
  std::uint64_t keys = 0;
  for (const TableFacts& table : made->tables) keys += table.keys;
  streams.out << options.output << ": " << keys << " keys, " << made->size
              << " bytes, read back and healthy\n";
  for (const OffsetFacts& one : made->offsets)
    streams.out << "  " << one.topic << '/' << one.partition << " up to offset " << one.next << '\n';
  return ExitStatus::done;
}

}  // namespace

extern const Command command_backup;
const Command command_backup = {
    .name = "backup",
    .summary = "a copy of a store, also while the service runs",
    .examples =
        "driftd backup -c driftd.yaml -o /backups/driftd-monday\n"
        "\n"
        "To go back to it: stop the service, copy it to storage.path (or point that there), start. What "
        "came\n"
        "after the backup is read again from Kafka, as long as the topics hold it; nothing counts twice.",
    .prepare = [](CLI::App& app) -> Action {
      auto options = std::make_shared<Options>();
      add_store_options(app, options->which);
      app.add_option("-o,--output", options->output, "the directory of the copy, which must not be there yet")
          ->required();
      return [options](Streams& streams) { return back_up_store(*options, streams); };
    },
};

}  // namespace driftd::app
