// Many rows of one tally at once: column after column, so that a column's table and counts stay in the
// nearest cache while the rows go by.
#include <algorithm>
#include <array>
#include <cstring>

#include "detectors/derived/row_tables.h"

namespace driftd::detectors::derived {
namespace {

constexpr std::size_t kBlock = 1024;  // rows at once: their count and places fit one integer
static_assert(kBlock * 255 < Meaning::kOne && kBlock * std::uint64_t{Meaning::kOne} <= UINT32_MAX);
constexpr std::size_t kFew = 24;  // rows for which it is not worth it

// Counts the rows of one column, whose meanings `meaning_of` gives by row. Values beyond the reference's
// range, which are rare, have places of another scale.
template <class MeaningOf>
void count_column(std::size_t rows, std::size_t column, std::size_t cells, std::uint8_t below,
                  std::uint8_t above, std::vector<std::uint32_t>& scratch, Tally& tally,
                  const MeaningOf& meaning_of) {
  scratch.assign(256, 0);
  std::uint32_t* const counts = scratch.data();
  for (std::size_t row = 0; row < rows; ++row) {
    const Meaning meaning = meaning_of(row);
    counts[meaning.cell()] += meaning.row();
  }
  for (std::size_t cell = 0; cell < cells; ++cell) {
    if (counts[cell] == 0) continue;
    CellCount count{counts[cell] / Meaning::kOne, counts[cell] % Meaning::kOne};
    if (cell == below || cell == above) {
      count.units = 0;
      for (std::size_t row = 0; row < rows; ++row)
        if (const Meaning meaning = meaning_of(row); meaning.cell() == cell)
          count.units += kUnitsOfOuterPlace[meaning.place()];
    }
    tally.add_counts(column, static_cast<std::uint8_t>(cell), count);
  }
}

}  // namespace

void RowDeriver::count(std::span<const std::uint8_t* const> rows, Tally& tally, DerivedRows& scratch) const {
  if (columns_ == 0) return;
  while (rows.size() >= kFew) {
    const std::size_t size = std::min(rows.size(), kBlock);
    count_block(rows.first(size), tally, scratch);
    rows = rows.subspan(size);
  }
  for (const std::uint8_t* const row : rows)
    count(std::span(row, others_ + tables_->codes.fourier()), tally, scratch.row);
}

void RowDeriver::count_block(std::span<const std::uint8_t* const> rows, Tally& tally,
                             DerivedRows& scratch) const {
  const Tables& tables = *tables_;
  const RowCodes& codes = tables.codes;
  scratch.cells.resize(others_ * kBlock);
  codes.for_each_source([&](std::size_t column) {
    std::uint8_t* const cells = scratch.cells.data() + column * kBlock;
    for (std::size_t row = 0; row < rows.size(); ++row) cells[row] = rows[row][column];
  });
  for (std::size_t i = 0; i < codes.pairs().size(); ++i) {
    const RowCodes::Pair& pair = codes.pairs()[i];
    const std::size_t column = codes.first_pair() + i;
    const std::uint8_t* const first = scratch.cells.data() + pair.first * kBlock;
    const std::uint8_t* const second = scratch.cells.data() + pair.second * kBlock;
    const Meaning* const meanings = tables.meanings.data() + pair.offset;
    const Tables::Outer& outer = tables.outer[column];
    count_column(rows.size(), others_ + column, tally.layout()->cells(others_ + column), outer.below,
                 outer.above, scratch.counts, tally, [&, stride = pair.stride](std::size_t row) {
                   return meanings[first[row] * stride + second[row]];
                 });
  }
  count_fourier(rows, tally, scratch);
  count_directions(rows, tally, scratch);
  if (tables.has_pattern) count_patterns(rows, tally, scratch);
}

void RowDeriver::count_fourier(std::span<const std::uint8_t* const> rows, Tally& tally,
                               DerivedRows& scratch) const {
  const RowCodes& codes = tables_->codes;
  for (std::size_t i = 0; i < codes.fourier(); ++i) {
    const std::size_t column = codes.fourier_column(i), place = codes.fourier_place(i);
    const Meaning* const meanings = tables_->meanings.data() + codes.offset(column);
    const Tables::Outer& outer = tables_->outer[column];
    count_column(rows.size(), others_ + column, tally.layout()->cells(others_ + column), outer.below,
                 outer.above, scratch.counts, tally,
                 [&](std::size_t row) { return meanings[rows[row][place]]; });
  }
}

void RowDeriver::count_directions(std::span<const std::uint8_t* const> rows, Tally& tally,
                                  DerivedRows& scratch) const {
  const RowCodes& codes = tables_->codes;
  const std::size_t directions = codes.directions();
  if (directions == 0) return;
  scratch.steps.resize(directions * kBlock);
  std::array<std::uint16_t, kMostDirections + 2> steps;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::size_t row = 0; row < rows.size(); ++row) {
    codes.directions_of(rows[row], steps);
    for (std::size_t i = 0; i < directions; ++i) scratch.steps[i * kBlock + row] = steps[i];
  }
  for (std::size_t i = 0; i < directions; ++i) {
    const std::size_t column = codes.direction_column(i);
    const std::uint16_t* const of_rows = scratch.steps.data() + i * kBlock;
    const Meaning* const meanings = tables_->meanings.data() + codes.offset(column);
    const Tables::Outer& outer = tables_->outer[column];
    count_column(rows.size(), others_ + column, tally.layout()->cells(others_ + column), outer.below,
                 outer.above, scratch.counts, tally, [&](std::size_t row) { return meanings[of_rows[row]]; });
  }
}

void RowDeriver::count_patterns(std::span<const std::uint8_t* const> rows, Tally& tally,
                                DerivedRows& scratch) const {
  const Tables& tables = *tables_;
  const std::size_t column = others_ + tables.pattern_column;
  std::int64_t complete = 0;
  for (const std::uint8_t* const row : rows) {
    const std::span cells(row, others_);
    if (tables.pattern.is_complete(cells)) {
      ++complete;
      continue;
    }
    tables.pattern.describe(cells, scratch.row.pattern);
    tally.add_counts(column, tables.binner.cell_of(tables.pattern_column, scratch.row.pattern).cell, {1, 0});
  }
  if (complete > 0) tally.add_counts(column, tables.complete.cell, {complete, 0});
}

}  // namespace driftd::detectors::derived
