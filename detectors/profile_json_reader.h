// The reading half of profile_json.h: hostile JSON to a Profile. Behind the door.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "core/result.h"
#include "detectors/profile.h"

namespace driftd::detectors {

inline constexpr std::string_view kProfileFormat = "driftd.profile";
inline constexpr int kProfileVersion = 1;

// Checks every value, but not that the digest fits. Errors name the key at fault.
Result<Profile> read_profile(const nlohmann::json& json);

}  // namespace driftd::detectors
