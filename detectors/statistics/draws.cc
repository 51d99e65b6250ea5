#include "detectors/statistics/draws.h"

#include <algorithm>
#include <utility>

namespace driftd::detectors {

std::uint64_t Draws::next() {
  state_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::uint32_t Draws::below(std::uint32_t limit) {
  while (true) {
    const std::uint64_t product = (next() >> 32) * limit;
    const auto low = static_cast<std::uint32_t>(product);
    if (low >= limit || low >= (0U - limit) % limit) return static_cast<std::uint32_t>(product >> 32);
  }
}

void draw_to_front(std::vector<std::uint32_t>& entries, std::size_t count, Draws& draws) {
  for (std::size_t i = 0; i < std::min(count, entries.size()); ++i) {
    const std::size_t other = i + draws.below(static_cast<std::uint32_t>(entries.size() - i));
    std::swap(entries[i], entries[other]);
  }
}

std::vector<std::uint32_t> drawn_rows(std::size_t size, std::size_t count, std::uint64_t seed) {
  std::vector<std::uint32_t> rows(size);
  for (std::size_t i = 0; i < size; ++i) rows[i] = static_cast<std::uint32_t>(i);
  if (count >= size) return rows;
  Draws draws(seed);
  draw_to_front(rows, count, draws);
  rows.resize(count);
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace driftd::detectors
