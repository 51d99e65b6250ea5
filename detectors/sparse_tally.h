// The bytes of a Tally (layout in tally.h) as a value that needs no layout: what Tally::decode reads and
// what the storage adds up. Canonical: rising, without zeros, at most kMostNewCategories a column.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "detectors/cells.h"

namespace driftd::detectors {

// New categories of one column: (hash64, text) -> count. The hash is first so that the smallest can be
// kept; a category that is among the smallest of a sum is so of every part, hence its count is exact.
using NewCategories = std::map<std::pair<std::uint64_t, std::string>, std::int64_t>;
using NewCategoriesByColumn = std::map<std::uint32_t, NewCategories>;

// Adds, forgets what has become 0, and keeps the smallest. Sums wrap rather than overflow.
void add_new_category(NewCategoriesByColumn& columns, std::uint32_t column,
                      const std::pair<std::uint64_t, std::string>& category, std::int64_t count);

constexpr std::int64_t wrapping_add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_times(std::int64_t a, std::int64_t sign) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(sign));
}

struct SparseTally {
  struct Entry {
    std::uint64_t flat = 0;  // offset of the column + cell
    CellCount count;
  };
  std::int64_t events = 0;
  std::vector<Entry> entries;  // rising
  NewCategoriesByColumn new_categories;

  [[nodiscard]] std::string encode() const;
  static Result<SparseTally> decode(std::string_view bytes);
  void add(const SparseTally& other);
};

}  // namespace driftd::detectors
