// New stores from old ones: a backup of one that may be in use, and a mended one in the place of a damaged
// one.
#pragma once

#include <cstdint>
#include <string>

#include "app/doctor/survey.h"

namespace driftd::app {

// A copy of the store as it is at this moment, also while another process writes to it. It has been surveyed
// when this returns; a failed one leaves nothing behind. `refused` where `to` is there already.
Result<Survey> back_up(const std::string& path, const std::string& to, const Config* config);

struct Mended {
  std::string store;    // where the mended store is
  std::string damaged;  // where the damaged one is now
  Survey survey;        // of the mended one
};

// Makes of what can be believed a new store, and puts it in the place of the damaged one, which stays beside
// it under another name; with `to` it is made there, and nothing else changes. `unavailable` while a process
// holds the store; `refused` where it is beyond mending.
Result<Mended> mend_store(const std::string& path, const std::string& to, const Config* config);

}  // namespace driftd::app
