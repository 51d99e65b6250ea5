// Counts of a series of evidence as bytes that add up (detectors/sparse_tally.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace driftd::app {

std::string encode_counts(std::span<const std::int64_t> counts);
void add_encoded(std::string& sum, const std::string& encoded);
// As many as there are, missing ones 0; bytes that are none of ours are no counts.
std::vector<std::int64_t> decode_counts(std::string_view encoded, std::size_t size);

}  // namespace driftd::app
