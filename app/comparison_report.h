// A Comparison for people (a table) and for programs (JSON, the form of DESIGN 4, `compare`).
#pragma once

#include <string>

#include "detectors/comparison.h"

namespace driftd::app {

std::string comparison_json(const detectors::Comparison& comparison);
std::string comparison_table(const detectors::Comparison& comparison);

}  // namespace driftd::app
