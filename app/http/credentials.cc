#include "app/http/credentials.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace driftd::app {
namespace {

constexpr std::size_t kLongest = 4096;

bool is_scheme(std::string_view header, std::string_view scheme) {
  return header.size() > scheme.size() && header[scheme.size()] == ' ' &&
         std::ranges::equal(header.substr(0, scheme.size()), scheme,
                            [](char a, char b) { return (a | 0x20) == b; });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int size =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::optional<BasicCredentials> parse_basic(std::string_view text) {
  const auto decoded = base64_decoded(text);
  if (!decoded) return std::nullopt;
  const std::size_t colon = decoded->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

}  // namespace

Authorization parse_authorization(std::string_view header) {
  Authorization given;
  if (header.size() > kLongest) return given;
  if (is_scheme(header, "basic")) given.basic = parse_basic(trimmed(header.substr(6)));
  if (is_scheme(header, "bearer")) given.bearer = std::string(trimmed(header.substr(7)));
  return given;
}

std::string basic_authorization(const BasicCredentials& credentials) {
  const std::string joined = credentials.user + ":" + credentials.password;
  std::string text((joined.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(joined.data()), static_cast<int>(joined.size()));
  text.resize(static_cast<std::size_t>(size));
  return "Basic " + text;
}

KeyedHash::KeyedHash() {
  if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
    throw std::runtime_error("no random numbers can be had");
}

Digest KeyedHash::of(std::initializer_list<std::string_view> texts) const {
  std::string whole;
  for (const std::string_view text : texts) {
    whole += std::to_string(text.size()) + ":";
    whole += text;
  }
  Digest digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(whole.data()), whole.size(), digest.data(), &size);
  OPENSSL_cleanse(whole.data(), whole.size());
  return digest;
}

bool same_digest(const Digest& a, const Digest& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace driftd::app
