// Names of headers and of authentication schemes (RFC 9110, 5.6.2). Pure.
#pragma once

#include <string_view>

namespace driftd::alerts {

// Letters, digits and !#$%&'*+-.^_`|~, at least one.
bool is_http_token(std::string_view text);

}  // namespace driftd::alerts
