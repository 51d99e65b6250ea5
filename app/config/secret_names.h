// Names that say that their value is a secret: of variables, of Kafka's properties, of headers. A last
// resort where no table can know it.
#pragma once

#include <string_view>

namespace driftd::app {

// Holds "password", "token", "secret", "authorization" or the like; case counts nothing.
bool names_secret(std::string_view name);

}  // namespace driftd::app
