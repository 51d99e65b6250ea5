// A reference whose user means the other of its two classes as the positive one.
#pragma once

#include <optional>
#include <string>

#include "detectors/profile.h"

namespace driftd::detectors {

// The same reference with that class as the positive one, and a digest of its own: what pairs came to, the
// performance and how labels came say the same of the other class, log loss and Brier score to the resolution
// of the score histogram. A reference that names no positive class stays as it is. Empty where it cannot be:
// the task is not binary, the class is none of two that are known, or labels of the predictions followed from
// the scores, and so from the positive class. Pure.
std::optional<Profile> with_positive(const Profile& profile, const std::string& positive);

}  // namespace driftd::detectors
