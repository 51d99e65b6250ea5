// A survey for people, and as JSON for programs.
#pragma once

#include <string>

#include "app/doctor/survey.h"

namespace driftd::app {

std::string survey_text(const Survey& survey);
std::string survey_json(const Survey& survey);

}  // namespace driftd::app
