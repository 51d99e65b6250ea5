// Which segments an event belongs to, by the model's `segments`.
//
// A segment's label is "country=DE", "age=(25,45]" for a column with cuts (open on the left, closed on
// the right, "-inf" and "inf" at the ends), and "country=DE,device=ios" for several columns. An event in
// which one of the columns is missing is in no segment of that definition. The label is a
// pure function of the event.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/config/model_config.h"
#include "app/pipeline/version.h"
#include "core/event.h"

namespace driftd::app {

// The label of the event's segment under one definition; empty where it has none.
std::optional<std::string> segment_label(const SegmentConfig& segment, std::span<const Feature> features);

// Appends the numbers of all the event's segments, 0 (the whole model) first. New labels get a number; false
// where the version has kMostSegments, and one is not among them.
bool append_segments(Version& version, std::span<const Feature> features, std::vector<std::uint32_t>& out);

// The number of a segment that is there; else SegmentTable::kNone. Between two rounds.
std::uint32_t segment_number(const Version& version, std::string_view label);

}  // namespace driftd::app
