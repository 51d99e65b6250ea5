#include "core/embedding.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace driftd {
namespace {

static_assert(std::endian::native == std::endian::little, "packed items are little-endian");

constexpr char kPacked = '\1';  // no JSON begins so

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

const char* skip_space(const char* at, const char* end) {
  while (at != end && is_space(*at)) ++at;
  return at;
}

// Calls take(item) for each of at most kMostItems items; how many there were, or 0.
template <class Take>
std::size_t for_each_json_item(std::string_view text, const Take& take) {
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size();
  for (std::size_t number = 0; number < kMostItems; ++number) {
    double item = 0;
    const auto parsed = std::from_chars(skip_space(at, end), end, item);
    const bool fits = std::abs(item) <= std::numeric_limits<float>::max();  // no NaN does
    if (parsed.ec != std::errc() || !fits) return 0;
    take(static_cast<float>(item));
    at = skip_space(parsed.ptr, end);
    if (at == end) return 0;
    if (*at == ']') return number + 1;
    if (*at++ != ',') return 0;
  }
  return 0;
}

template <class Take>
std::size_t for_each_packed_item(std::string_view text, const Take& take) {
  const std::size_t size = (text.size() - 1) / sizeof(float);
  if (size > kMostItems || text.size() != 1 + size * sizeof(float)) return 0;
  for (std::size_t number = 0; number < size; ++number) {
    float item = 0;
    std::memcpy(&item, text.data() + 1 + number * sizeof item, sizeof item);
    if (!std::isfinite(item)) return 0;
    take(item);
  }
  return size;
}

template <class Take>
std::size_t for_each_item(std::string_view text, const Take& take) {
  if (text.empty()) return 0;
  if (text.front() == kPacked) return for_each_packed_item(text, take);
  return text.front() == '[' ? for_each_json_item(text, take) : 0;
}

}  // namespace

bool read_items(std::string_view text, std::vector<float>& items) {
  items.clear();
  return for_each_item(text, [&](float item) { items.push_back(item); }) > 0;
}

std::size_t count_items(std::string_view text) {
  return for_each_item(text, [](float) {});
}

std::string pack_items(std::string_view text) {
  std::string packed(1, kPacked);
  const auto append = [&](float item) { packed.append(reinterpret_cast<const char*>(&item), sizeof item); };
  return for_each_item(text, append) > 0 ? packed : std::string();
}

}  // namespace driftd
