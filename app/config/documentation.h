// docs/configuration.md out of the tables. A test compares the committed file with it.
#pragma once

#include <string>

namespace driftd::app {

std::string configuration_page();

}  // namespace driftd::app
