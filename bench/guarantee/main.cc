// bench_guarantee: the protocols of STATISTICS 14 in full.
//
//   bench_guarantee [--protocol NAME]... [--replicates N] [--seed N] [--length SHARE]
//     [--columns N] [--streams DIR] [--json]
//
// Exit code 1 where a limit is broken, 2 where the command is not understood.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "bench/guarantee/protocols.h"

namespace {

using namespace driftd::guarantee;  // NOLINT(google-build-using-namespace)

struct Command {
  Effort effort;
  std::vector<std::string> wanted;
  bool json = false;
};

bool read(int argc, char** argv, Command& command) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--json") {
      command.json = true;
      continue;
    }
    if (++i == argc) return false;
    const std::string value = argv[i];
    if (option == "--protocol") {
      command.wanted.push_back(value);
    } else if (option == "--replicates") {
      command.effort.replicates = std::atoi(value.c_str());
    } else if (option == "--seed") {
      command.effort.seed = std::strtoull(value.c_str(), nullptr, 10);
    } else if (option == "--length") {
      command.effort.length = std::atof(value.c_str());
    } else if (option == "--columns") {
      command.effort.columns = std::strtoull(value.c_str(), nullptr, 10);
    } else if (option == "--streams") {
      command.effort.streams = value;
    } else {
      return false;
    }
  }
  return true;
}

bool is_wanted(const Command& command, const std::string& name) {
  if (command.wanted.empty()) return true;
  for (const std::string& wanted : command.wanted)
    if (wanted == name) return true;
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  Command command;
  if (!read(argc, argv, command)) {
    std::fputs(
        "bench_guarantee [--protocol NAME]... [--replicates N] [--seed N] [--length SHARE] "
        "[--columns N] [--streams DIR] [--json]\nprotocols:",
        stderr);
    for (const Protocol& protocol : protocols()) std::fprintf(stderr, " %s", protocol.name.c_str());
    std::fputc('\n', stderr);
    return 2;
  }
  bool all_hold = true;
  for (const Protocol& protocol : protocols()) {
    if (!is_wanted(command, protocol.name)) continue;
    const auto before = std::chrono::steady_clock::now();
    for (const Row& row : protocol.run(command.effort)) {
      std::puts(command.json ? json_of(row).c_str() : text_of(row).c_str());
      std::fflush(stdout);
      all_hold = all_hold && row.holds();
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - before;
    std::fprintf(stderr, "%s took %.0f s\n", protocol.name.c_str(), took.count());
  }
  return all_hold ? 0 : 1;
}
