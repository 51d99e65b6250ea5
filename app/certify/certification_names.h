// The words for a certification's values, in tables and JSON.
#pragma once

#include <optional>
#include <string_view>

#include "app/certify/certification.h"

namespace driftd::app {

std::string_view name_of(Promise promise);
std::optional<Promise> promise_of(std::string_view name);

}  // namespace driftd::app
