// Hashes with a stated algorithm, the same on every machine. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace driftd {

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0);  // XXH3, 64 bits
std::uint64_t hash64(double value, std::uint64_t seed);                // of the eight bytes; -0 is 0
std::string sha256(std::string_view bytes);                            // 32 raw bytes
std::string hex(std::string_view bytes);                               // lower case

}  // namespace driftd
