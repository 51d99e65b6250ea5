// What a recorded stream holds, by its first events.
#pragma once

#include <string_view>

namespace driftd::collector {

// The set of TopicRole of the events in the first 64 KB of `beginning`, JSON Lines; predictions where none
// names a type.
unsigned sniff_roles(std::string_view beginning);

}  // namespace driftd::collector
