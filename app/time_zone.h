// Time zones out of the system's database (Debian's tzdata): the offsets that a season's calendar needs.
// Calls may come from any thread.
#pragma once

#include <string>

#include "core/result.h"
#include "detectors/evidence/calendar.h"

namespace driftd::app {

// The offsets of 1970 to the end of 2099, before and after them the first and the last of these. Names are
// those of the IANA ("Europe/Berlin", "UTC"). Errors: not_found, with the nearest name there is.
Result<detectors::evidence::TimeZone> load_time_zone(const std::string& name);

}  // namespace driftd::app
