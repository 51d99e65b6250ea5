// From an event's own words to the values that outlive it: what was predicted, and what became known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"
#include "core/pair.h"
#include "detectors/rows.h"

namespace driftd::app {

Predicted predicted_of(const PredictionEvent& event);
Verdict verdict_of(const FeedbackEvent& event);
// A row into a table whose names need not be in the row's order.
void add_row(detectors::RowTable& table, std::vector<std::string> names, detectors::RawRow row);

}  // namespace driftd::app
