// Which driftd this is: the release and the commit it was built from ("unknown" outside a checkout).
#pragma once

#include <string_view>

namespace driftd::app {

std::string_view version();
std::string_view revision();

}  // namespace driftd::app
