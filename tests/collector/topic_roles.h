// What a topic carries, as the set of roles that partitions have.
#pragma once

#include "collector/record.h"

namespace driftd::collector {

inline constexpr unsigned kPredictions = static_cast<unsigned>(TopicRole::predictions);
inline constexpr unsigned kFeedback = static_cast<unsigned>(TopicRole::feedback);
inline constexpr unsigned kModels = static_cast<unsigned>(TopicRole::models);

}  // namespace driftd::collector
