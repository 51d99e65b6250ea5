// Which segments an event belongs to, by what a model's configuration declares. Pure.
//
// A segment's label is "country=DE", "age=(25,45]" for a column with cuts (open on the left, closed on
// the right, "-inf" and "inf" at the ends), and "country=DE,device=ios" for several columns. An event in
// which one of the columns is missing is in no segment of that definition. The label is a pure function of
// the event.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"

namespace driftd::detectors {

// A segmentation by one column or by several at once. Cuts make a numeric column's values into ranges; they
// rise.
struct SegmentColumn {
  std::string column;
  std::vector<double> cuts;
  friend bool operator==(const SegmentColumn&, const SegmentColumn&) = default;
};
using SegmentDefinition = std::vector<SegmentColumn>;  // never empty; each column at most once

// The label of a row's segment under one definition; empty where it has none. `value_of` gives the value of
// a part's column (by the part's place in the definition), absent where the row lacks it.
std::optional<std::string> segment_label(const SegmentDefinition& segment,
                                         const std::function<Value(std::size_t part)>& value_of);
std::optional<std::string> segment_label(const SegmentDefinition& segment, std::span<const Feature> features);

// Whether the definition may have given this label.
bool gives_label(const SegmentDefinition& segment, std::string_view label);

}  // namespace driftd::detectors
