// Passwords as crypt(3) hashes: bcrypt ($2b$, $2y$: what Prometheus' web configuration has, and `htpasswd -B`
// makes), SHA-crypt ($5$, $6$), yescrypt ($y$). The library is libxcrypt. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace driftd::app {

// Why that is no hash to check passwords with; quotes none of it.
std::optional<std::string> password_hash_fault(const std::string& hash);

// Slow by the hash's own design: 50 ms and more. Compares in constant time.
bool password_matches(const std::string& password, const std::string& hash);

}  // namespace driftd::app
