#include "app/version.h"

// The build passes both; a build without it still tells the release.
#ifndef DRIFTD_VERSION
#define DRIFTD_VERSION "0.1.0"
#endif
#ifndef DRIFTD_REVISION
#define DRIFTD_REVISION "unknown"
#endif

namespace driftd::app {

std::string_view version() { return DRIFTD_VERSION; }
std::string_view revision() { return DRIFTD_REVISION; }

}  // namespace driftd::app
