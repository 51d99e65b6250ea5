// The only place that turns an ExitStatus into the process's exit code.
#include <exception>
#include <iostream>

#include "app/commands/command.h"

int main(int argc, char** argv) {
  driftd::app::Streams streams{std::cin, std::cout, std::cerr};
  try {
    return static_cast<int>(driftd::app::run_program(argc, argv, streams));
  } catch (const std::exception& error) {
    std::cerr << "driftd: " << error.what() << '\n';
    return static_cast<int>(driftd::app::ExitStatus::failed);
  }
}
