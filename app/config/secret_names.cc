#include "app/config/secret_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace driftd::app {

bool names_secret(std::string_view name) {
  constexpr std::array<std::string_view, 15> kWords = {
      "password", "passwd",      "passphrase", "secret",        "token",  "credential", "apikey", "api_key",
      "api-key",  "private_key", "ssl.key",    "authorization", "cookie", "jaas",       ".pem"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

}  // namespace driftd::app
