// A Comparison for people (a table, a page) and for programs (JSON, the form of DESIGN 4, `compare`).
#pragma once

#include <string>

#include "detectors/comparison.h"

namespace driftd::app {

std::string comparison_json(const detectors::Comparison& comparison);
std::string comparison_table(const detectors::Comparison& comparison);
// A page that needs nothing but itself: no script, no other file. The names are those of the data sets.
std::string comparison_html(const detectors::Comparison& comparison, const std::string& reference,
                            const std::string& current);

}  // namespace driftd::app
