// Which commands there are, in the order of --help. A new command is its file and two lines here.
#include <array>

#include "app/commands/command.h"

namespace driftd::app {

extern const Command command_run;
extern const Command command_check;
extern const Command command_profile;
extern const Command command_certify;
extern const Command command_compare;
extern const Command command_detect;
extern const Command command_kinds;
extern const Command command_replay;
extern const Command command_simulate;
extern const Command command_demo;
extern const Command command_webhook;
extern const Command command_models;
extern const Command command_reference;
extern const Command command_incidents;
extern const Command command_retrain;
extern const Command command_doctor;
extern const Command command_backup;
extern const Command command_docs;

std::span<const Command* const> commands() {
  static constexpr std::array kCommands = {
      &command_run,     &command_check,  &command_profile,   &command_certify,   &command_compare,
      &command_detect,  &command_kinds,  &command_replay,    &command_simulate,  &command_demo,
      &command_webhook, &command_models, &command_reference, &command_incidents, &command_retrain,
      &command_doctor,  &command_backup, &command_docs,
  };
  return kCommands;
}

}  // namespace driftd::app
