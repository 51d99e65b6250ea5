// A command of the program: one file in app/commands/ that defines one `const Command`, and one line in
// app/commands/list.cc that names it.
//
// `prepare` declares the command's options on its CLI11 subcommand and returns what to do when they
// have been parsed. The options live in whatever the returned function captured (a shared_ptr to the
// command's own struct). `examples` is printed at the end of `driftd NAME --help`, after what `details`, if
// there are any, says at length.
//
//   const Command command_kinds = {
//       .name = "kinds",
//       .summary = "the catalogue of order-dependent detectors",
//       .examples = "driftd kinds\ndriftd kinds adwin --format json",
//       .prepare = [](CLI::App& app) -> Action {
//         auto options = std::make_shared<Options>();
//         app.add_option("NAME", options->name, "only this one");
//         return [options](Streams& streams) { return list_kinds(*options, streams); };
//       },
//   };
//
// Commands write results to `streams.out`, everything else to `streams.err`, and never call exit:
// only main turns an ExitStatus into the process's exit code.
#pragma once

#include <functional>
#include <iosfwd>
#include <span>
#include <string>

namespace CLI {
class App;
}

namespace driftd::app {

enum class ExitStatus {
  done = 0,
  failed = 1,  // while running
  usage = 2,   // wrong usage or configuration
  drift = 3,   // compare --fail-on-drift, replay --fail-on-alert
};

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
};

using Action = std::function<ExitStatus(Streams&)>;

struct Command {
  const char* name;
  const char* summary;
  const char* examples;
  Action (*prepare)(CLI::App& app);
  bool hidden = false;
  std::string (*details)() = nullptr;
};

// All commands in the order of --help.
std::span<const Command* const> commands();

// Parses the arguments and runs one command. Writes usage faults to `streams.err`.
ExitStatus run_program(int argc, const char* const* argv, Streams& streams);

}  // namespace driftd::app
