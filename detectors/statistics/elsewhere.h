// Where other libraries say something else under the same name, for docs/catalogue.md. What is said here of
// scipy, frouros 0.9, Evidently 0.7 and NannyML 0.13 is held to them by tests/differential as far as it shows
// in numbers. Constant data.
#pragma once

#include <string_view>

#include "detectors/statistics/statistic.h"

namespace driftd::detectors {

// Empty where those that have it agree to the digits.
std::string_view elsewhere(Statistic statistic);

}  // namespace driftd::detectors
