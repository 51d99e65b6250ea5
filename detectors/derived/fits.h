// Whether the derived columns of a profile go with its other columns. For profiles from outside. Pure.
#pragma once

#include <string>

#include "detectors/profile.h"

namespace driftd::detectors::derived {

// What does not fit, in words; empty where all does: RowDeriver may be made of the profile.
std::string misfit(const Profile& profile);

}  // namespace driftd::detectors::derived
