// What a RowDeriver looks up. Behind its door.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "detectors/binning.h"
#include "detectors/derived/fourier_features.h"
#include "detectors/derived/missing_pattern.h"
#include "detectors/derived/row_codes.h"
#include "detectors/derived/row_deriver.h"

namespace driftd::detectors::derived {

// What a code means: its cell, and what one row adds to the cell's count and places; by itself nothing.
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
      : codes(*profile.derived, profile.side(Side::predictions).size() - columns.size()),
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
    add_embeddings(*profile.derived);
    if (has_pattern) complete = binner.cell_of(pattern_column, kNothingMissing);
  }

  // Rows without the embedding count in its own column alone.
  void add_embeddings(const Definitions& definitions) {
    std::size_t first = definitions.first_fourier();
    for (const Embedding& embedding : definitions.embeddings) {
      embeddings.push_back({first, embedding.features});
      for (std::size_t end = first + embedding.features; first < end; ++first)
        meanings[codes.offset(first) + FourierFeatures::kMissing] = Meaning();
    }
  }

  // The Fourier features of an embedding.
  struct Columns {
    std::size_t first = 0, size = 0;
  };

  RowCodes codes;
  Binner binner;  // of the derived columns
  MissingPattern pattern;
  bool has_pattern;
  std::uint32_t pattern_column;
  Cell complete;
  std::vector<Meaning> meanings;  // by code
  std::vector<Outer> outer;       // by column
  std::vector<Columns> embeddings;
};

}  // namespace driftd::detectors::derived
