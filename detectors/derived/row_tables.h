// What a RowDeriver looks up. Behind its door.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "detectors/binning.h"
#include "detectors/derived/missing_pattern.h"
#include "detectors/derived/row_codes.h"
#include "detectors/derived/row_deriver.h"

namespace driftd::detectors::derived {

// What a code means: its cell, and what one row adds to the cell's count and places.
class Meaning {
 public:
  static constexpr std::uint32_t kOne = 1U << 18U;  // places of up to 1,024 rows add up to less

  Meaning() = default;
  explicit Meaning(Cell cell) : packed_(((kOne + cell.place) << 8U) | cell.cell) {}
  [[nodiscard]] std::uint8_t cell() const { return static_cast<std::uint8_t>(packed_); }
  [[nodiscard]] std::uint32_t row() const { return packed_ >> 8U; }
  [[nodiscard]] std::uint8_t place() const { return static_cast<std::uint8_t>(row()); }

 private:
  std::uint32_t packed_ = 0;
};
static_assert((Meaning::kOne << 8U) > Meaning::kOne);

struct RowDeriver::Tables {
  // Cells in which places have the scale of what is beyond the reference's range.
  struct Outer {
    std::uint8_t below = kNoBin;
    std::uint8_t above = kNoBin;
  };

  Tables(const Profile& profile, const std::vector<const ColumnProfile*>& columns)
      : codes(*profile.derived),
        binner(columns),
        pattern(profile.side(Side::predictions)),
        has_pattern(profile.derived->missing_pattern),
        pattern_column(static_cast<std::uint32_t>(profile.derived->pattern_column())),
        meanings(std::max<std::size_t>(codes.size(), 1)) {  // the pattern has no code, and borrows the first
    for (std::uint32_t column = 0; column < codes.columns(); ++column) {
      outer.push_back({columns[column]->below_cell(), columns[column]->above_cell()});
      for (std::uint32_t code = 0; code < codes.width(column); ++code) {
        const auto value = codes.value(column, code);
        meanings[codes.offset(column) + code] =
            Meaning(value ? binner.cell_of(column, *value) : Cell{kNullCell, 0});
      }
    }
    if (has_pattern) complete = binner.cell_of(pattern_column, kNothingMissing);
  }

  RowCodes codes;
  Binner binner;  // of the derived columns
  MissingPattern pattern;
  bool has_pattern;
  std::uint32_t pattern_column;
  Cell complete;
  std::vector<Meaning> meanings;  // by code
  std::vector<Outer> outer;       // by column
};

}  // namespace driftd::detectors::derived
