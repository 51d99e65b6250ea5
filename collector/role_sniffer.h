// What a recorded stream holds, by its first events.
#pragma once

#include <string>

#include "core/result.h"

namespace driftd::collector {

// The set of TopicRole of the events in the first 64 KB; predictions where none names a type.
Result<unsigned> sniff_roles(const std::string& path);

}  // namespace driftd::collector
