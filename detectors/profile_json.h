// The Profile as a JSON file, format "driftd.profile" version 1. Doubles are written so that they read
// back to the bit. `digest` is SHA-256 over the compact JSON of everything else; `metrics` and
// `missing` are there for readers. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "detectors/profile.h"

namespace driftd::detectors {

std::string to_json(const Profile& profile);

// The digest that belongs to the content.
std::string digest_of(const Profile& profile);

// Takes the text for hostile. Errors name the key at fault; a digest that does not fit is one.
Result<Profile> profile_from_json(std::string_view text);

}  // namespace driftd::detectors
