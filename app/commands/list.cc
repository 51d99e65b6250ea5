// Which commands there are, in the order of --help. A new command is its file and two lines here.
#include <array>

#include "app/commands/command.h"

namespace driftd::app {

extern const Command command_check;
extern const Command command_docs;

std::span<const Command* const> commands() {
  static constexpr std::array kCommands = {
      &command_check,
      &command_docs,
  };
  return kCommands;
}

}  // namespace driftd::app
