// Loading a store as `driftd run` would, with nothing behind it: the last word on whether it can be believed.
#pragma once

#include "app/doctor/survey.h"

namespace driftd::app {

Status load_for_trial(storage::Store& store, const Survey& survey, const Config* config);

}  // namespace driftd::app
