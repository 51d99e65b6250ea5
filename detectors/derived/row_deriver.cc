#include "detectors/derived/row_deriver.h"

#include <utility>

#include "detectors/derived/row_tables.h"

namespace driftd::detectors::derived {

RowDeriver::RowDeriver(const Profile& profile) {
  std::vector<const ColumnProfile*> made;
  for (const ColumnProfile* column : profile.side(Side::predictions)) {
    if (column->role == Role::derived) {
      made.push_back(column);
    } else {
      ++others_;
    }
  }
  if (!profile.derived || made.empty()) return;
  columns_ = made.size();
  tables_ = std::make_unique<const Tables>(profile, made);
}

RowDeriver::~RowDeriver() = default;
RowDeriver::RowDeriver(RowDeriver&&) noexcept = default;
RowDeriver& RowDeriver::operator=(RowDeriver&&) noexcept = default;

void RowDeriver::derive(std::span<const std::uint8_t> cells, DerivedRow& row) const {
  row.cells.resize(columns_);
  row.places.resize(columns_);
  if (columns_ == 0) return;
  const Tables& tables = *tables_;
  row.codes.resize(columns_);
  if (tables.has_pattern) row.codes[tables.pattern_column] = 0;
  tables.codes.of(cells, row.codes);
  for (std::size_t i = 0; i < columns_; ++i) {
    const Meaning meaning = tables.meanings[row.codes[i]];
    row.cells[i] = meaning.cell();
    row.places[i] = meaning.place();
  }
  if (!tables.has_pattern) return;
  Cell cell = tables.complete;
  if (!tables.pattern.is_complete(cells)) {
    tables.pattern.describe(cells, row.pattern);
    cell = tables.binner.cell_of(tables.pattern_column, row.pattern);
  }
  row.cells[tables.pattern_column] = cell.cell;
  row.places[tables.pattern_column] = cell.place;
}

void RowDeriver::count(std::span<const std::uint8_t> cells, Tally& tally, DerivedRow& row, int sign) const {
  if (columns_ == 0) return;
  derive(cells, row);
  tally.add_columns(others_, row.cells, row.places, sign);
}

void RowDeriver::count_first(std::size_t columns, std::span<const std::uint8_t> cells, Tally& tally,
                             DerivedRow& row) const {
  derive(cells, row);
  tally.add_columns(others_, std::span(row.cells).first(columns), std::span(row.places).first(columns), 1);
}

}  // namespace driftd::detectors::derived
