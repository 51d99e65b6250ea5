#include "alerts/signature.h"

#include <array>

#include "core/hash.h"

namespace driftd::alerts {

namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kBlock = 64;  // of SHA-256

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j)
      group = (group << 8) | (j < have ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out.push_back(j <= have ? kAlphabet[(group >> (18 - 6 * j)) & 63U] : '=');
  }
  return out;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last || text[i + 3] != '=' ? 0 : text[i + 2] == '=' ? 2 : 1;
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const std::size_t digit = j < 4 - padding ? kAlphabet.find(text[i + j]) : 0;
      if (digit == std::string_view::npos) return std::nullopt;
      group = (group << 6) | static_cast<std::uint32_t>(digit);
    }
    for (std::size_t j = 0; j < 3 - padding; ++j)
      out.push_back(static_cast<char>((group >> (16 - 8 * j)) & 255U));
  }
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string block = key.size() > kBlock ? sha256(key) : std::string(key);
  block.resize(kBlock, '\0');
  std::string inner = block;
  std::string outer = block;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  return sha256(outer + sha256(inner + std::string(text)));
}

Result<std::string> key_of(const Secret& secret) {
  const std::string_view text = secret.reveal();
  if (!text.starts_with(kPrefix))
    return Error{ErrorCode::invalid, "a webhook's secret begins with `whsec_`, followed by Base64"};
  auto key = base64_decoded(text.substr(kPrefix.size()));
  if (!key || key->size() < 24 || key->size() > 64)
    return Error{ErrorCode::invalid, "a webhook's secret is `whsec_` and the Base64 of 24 to 64 bytes"};
  return *std::move(key);
}

std::string sign(std::span<const Secret> secrets, std::string_view id, std::int64_t timestamp,
                 std::string_view body) {
  std::string text(id);
  text.append(".").append(std::to_string(timestamp)).append(".").append(body);
  std::string signatures;
  for (const Secret& secret : secrets) {
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1," + base64(hmac_sha256(key_of(secret).value(), text));
  }
  return signatures;
}

}  // namespace driftd::alerts
