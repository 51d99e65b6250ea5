// The second half of a survey: what was found, as faults with what mending costs.
#pragma once

#include "app/doctor/survey_walk.h"

namespace driftd::app {

void add_faults(const Findings& found, Survey& survey);

}  // namespace driftd::app
