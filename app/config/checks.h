// Rules across the whole configuration, judged when its defaults are resolved.
#pragma once

#include "app/config/config.h"
#include "core/node.h"

namespace driftd::app {

// `root` is the file that `config` was read from: it knows the lines.
void check_config(const Config& config, const Node& root, Faults& faults);

}  // namespace driftd::app
