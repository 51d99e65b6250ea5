// The Authorization header taken apart (RFC 7617, RFC 6750), and keyed hashes of what it holds.
#pragma once

#include <array>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace driftd::app {

struct BasicCredentials {
  std::string user, password;
};

struct Authorization {  // neither: it is none of the two, or faulty
  std::optional<BasicCredentials> basic;
  std::optional<std::string> bearer;
};
Authorization parse_authorization(std::string_view header);

std::string basic_authorization(const BasicCredentials& credentials);  // the header's value

using Digest = std::array<unsigned char, 32>;

// HMAC-SHA256 under a key that this process drew: says whether two texts are the same, and nothing of them.
class KeyedHash {
 public:
  KeyedHash();
  // Of the texts one after the other, each with its length.
  [[nodiscard]] Digest of(std::initializer_list<std::string_view> texts) const;

 private:
  Digest key_{};
};

bool same_digest(const Digest& a, const Digest& b);  // in constant time

}  // namespace driftd::app
