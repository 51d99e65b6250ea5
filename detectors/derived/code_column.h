// From how often each code of a derived column came in the reference to the bins of that column. Behind the
// door reference.h. Values, no threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "detectors/derived/row_codes.h"
#include "detectors/profile.h"

namespace driftd::detectors::derived {

class CodeCounts {
 public:
  // Columns from `fitted` on are counted on part of the rows. Precondition: `codes` outlives this.
  CodeCounts(const RowCodes& codes, std::size_t fitted);

  void add(std::span<const std::uint8_t> cells, bool with_fitted);
  // Numeric, over all values; evidence edges as any column's, and of them the ten parts of equal mass for
  // what is shown, so that a cell is not parted twice. Counts stay empty.
  [[nodiscard]] ColumnProfile column(const std::string& name, std::size_t column) const;

 private:
  const RowCodes& codes_;
  std::size_t fitted_;
  std::vector<std::int64_t> counts_;  // by code
  std::vector<std::uint32_t> row_;
};

// Categorical; `patterns` with their counts.
ColumnProfile pattern_column(const std::string& name, const std::map<std::string, std::int64_t>& patterns);

}  // namespace driftd::detectors::derived
