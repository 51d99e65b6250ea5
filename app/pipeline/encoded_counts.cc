#include "app/pipeline/encoded_counts.h"

#include "detectors/sparse_tally.h"
#include "detectors/tally.h"

namespace driftd::app {

std::string encode_counts(std::span<const std::int64_t> counts) {
  detectors::SparseTally tally;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] != 0) tally.entries.push_back({i, {counts[i], 0}});
  return tally.encode();
}

void add_encoded(std::string& sum, const std::string& encoded) {
  sum = sum.empty() ? encoded : detectors::add_encoded_tallies(sum, encoded);
}

std::vector<std::int64_t> decode_counts(std::string_view encoded, std::size_t size) {
  std::vector<std::int64_t> counts(size, 0);
  const auto tally = detectors::SparseTally::decode(encoded);
  if (!tally.ok()) return counts;
  for (const auto& entry : tally->entries)
    if (entry.flat < size) counts[entry.flat] = entry.count.count;
  return counts;
}

}  // namespace driftd::app
