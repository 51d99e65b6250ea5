#include "app/http/password_hash.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "core/field_types.h"

namespace driftd::app {
namespace {

constexpr std::int64_t kDearestBcrypt = 15;  // some seconds a password

bool is_bcrypt(std::string_view hash) {
  return hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
}

std::optional<std::string> computed(const std::string& password, const std::string& setting) {
  const auto memory = std::make_unique<crypt_data>();  // 32 KiB
  const char* hash = crypt_r(password.c_str(), setting.c_str(), memory.get());
  if (hash == nullptr || hash[0] == '*') return std::nullopt;
  return std::string(hash);
}

}  // namespace

std::optional<std::string> password_hash_fault(const std::string& hash) {
  constexpr std::array<std::string_view, 3> kOthers = {"$5$", "$6$", "$y$"};
  const bool known =
      is_bcrypt(hash) || std::ranges::any_of(kOthers, [&](auto p) { return hash.starts_with(p); });
  if (!known || crypt_checksalt(hash.c_str()) != CRYPT_SALT_OK)
    return "is no hash of a password (bcrypt $2y$, SHA-crypt $6$ or yescrypt $y$); make one with "
           "`htpasswd -nBC 10 \"\" | tr -d ':\\n'` or `openssl passwd -6`";
  if (!is_bcrypt(hash)) return std::nullopt;
  if (hash.size() != 60) return "is no whole bcrypt hash, which has 60 characters";
  const auto cost =
      parse_integer(std::string_view(hash).substr(hash[4] == '0' ? 5 : 4, hash[4] == '0' ? 1 : 2));
  if (cost && *cost > kDearestBcrypt)
    return "costs too much to check: bcrypt of cost " + std::to_string(*cost) + "; 10 to 12 is usual, " +
           std::to_string(kDearestBcrypt) + " the most";
  return std::nullopt;
}

bool password_matches(const std::string& password, const std::string& hash) {
  if (password.find('\0') != std::string::npos) return false;  // crypt would read a part of it
  const auto own = computed(password, hash);
  return own && own->size() == hash.size() && CRYPTO_memcmp(own->data(), hash.data(), hash.size()) == 0;
}

}  // namespace driftd::app
