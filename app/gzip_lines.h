// The lines of a file, gzipped or not, without holding more than one. Reads files; not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace driftd::app {

// Calls `take` for each line without its end; stops at the first that it refuses. A last line without
// an end counts, an empty rest does not.
Status each_line(const std::string& path, const std::function<Status(std::string_view)>& take);

}  // namespace driftd::app
