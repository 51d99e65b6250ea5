// Base64 (RFC 4648, with padding): bytes inside JSON. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace driftd::detectors {

std::string base64_of(std::string_view bytes);

// Empty where the text is not the canonical form of any bytes.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace driftd::detectors
