// The profiles that a configuration names: whether they are there, and fit each other. Files are read.
#pragma once

#include "app/config/config.h"
#include "core/node.h"

namespace driftd::app {

// Adds a fault for each that is no profile, and for each regime whose columns have other bins than the
// reference. `root` is what `config` was read from, its profiles found already.
void check_profiles(const Config& config, const Node& root, Faults& faults);

}  // namespace driftd::app
