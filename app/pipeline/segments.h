// The numbers of the segments that an event belongs to, by the model's `segments` (detectors/segments.h).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "app/config/model_config.h"
#include "app/pipeline/version.h"
#include "core/event.h"

namespace driftd::app {

// Appends the numbers of all the event's segments, 0 (the whole model) first. New labels get a number; false
// where the version has kMostSegments, and one is not among them.
bool append_segments(Version& version, std::span<const Feature> features, std::vector<std::uint32_t>& out);

// The number of a segment that is there; else SegmentTable::kNone. Between two rounds.
std::uint32_t segment_number(const Version& version, std::string_view label);

}  // namespace driftd::app
