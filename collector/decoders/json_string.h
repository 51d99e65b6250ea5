// The escapes of JSON strings.
#pragma once

#include <string>
#include <string_view>

namespace driftd::collector {

// Appends what the inside of a JSON string means to `out`. False where an escape is none, or where half
// of a surrogate pair stands alone (it is no character, and UTF-8 cannot write it).
bool append_unescaped(std::string_view inside, std::string& out);

}  // namespace driftd::collector
