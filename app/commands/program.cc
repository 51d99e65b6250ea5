// `driftd COMMAND …`: the arguments of the process, taken apart by CLI11.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/commands/command.h"
#include "app/version.h"

namespace driftd::app {
namespace {

constexpr const char* kExamples = R"(Examples:
  driftd check -c driftd.yaml             is this configuration right?
  driftd run -c driftd.yaml               the service
  driftd replay -c driftd.yaml day.jsonl  a recorded stream through the same pipeline
  driftd COMMAND --help                   teaches each command

Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration, 3 drift found.)";

std::string version_line() {
  return std::string("driftd ").append(version()).append(" (").append(revision()).append(")");
}

std::string footer(const Command& command) {
  std::string text = command.details == nullptr ? std::string() : command.details() + '\n';
  text += "Examples:";
  std::string_view rest = command.examples;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    text.append("\n  ").append(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return text;
}

}  // namespace

ExitStatus run_program(int argc, const char* const* argv, Streams& streams) {
  CLI::App program("driftd: drift of models in production, told early and without crying wolf", "driftd");
  program.set_version_flag("--version", version_line());
  program.require_subcommand(1);
  program.footer(kExamples);
  std::vector<std::pair<const CLI::App*, Action>> actions;
  for (const Command* command : commands()) {
    CLI::App* subcommand = program.add_subcommand(command->name, command->summary);
    subcommand->footer(footer(*command));
    if (command->hidden) subcommand->group("");
    actions.emplace_back(subcommand, command->prepare(*subcommand));
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& fault) {
    const int code = program.exit(fault, streams.out, streams.err);
    return code == 0 ? ExitStatus::done : ExitStatus::usage;
  }
  for (const auto& [subcommand, action] : actions) {
    if (subcommand->parsed()) return action(streams);
  }
  return ExitStatus::usage;
}

}  // namespace driftd::app
