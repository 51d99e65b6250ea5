// Signatures of the Standard Webhooks convention 1.0.0 (INTEROP 2.1). Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"

namespace driftd::alerts {

// The key of a secret "whsec_BASE64": 24 to 64 bytes. The error never repeats the secret.
Result<std::string> key_of(const Secret& secret);

// "v1,BASE64" for each secret, parted by spaces; HMAC-SHA256 over "id.timestamp.body", the timestamp in
// whole seconds. Precondition: every secret has a key.
std::string sign(std::span<const Secret> secrets, std::string_view id, std::int64_t timestamp,
                 std::string_view body);

std::string hmac_sha256(std::string_view key, std::string_view text);  // 32 raw bytes, RFC 2104
std::string base64(std::string_view bytes);
std::optional<std::string> base64_decoded(std::string_view text);  // standard alphabet, padding required

}  // namespace driftd::alerts
