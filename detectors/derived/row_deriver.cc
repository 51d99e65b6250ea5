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
  add(columns_, row, tally, sign);
}

void RowDeriver::count_first(std::size_t columns, std::span<const std::uint8_t> cells, Tally& tally,
                             DerivedRow& row) const {
  if (columns_ == 0) return;
  derive(cells, row);
  add(columns, row, tally, 1);
}

void RowDeriver::add(std::size_t columns, const DerivedRow& row, Tally& tally, int sign) const {
  const auto add_from = [&](std::size_t first, std::size_t end) {
    tally.add_columns(others_ + first, std::span(row.cells).subspan(first, end - first),
                      std::span(row.places).subspan(first, end - first), sign);
  };
  std::size_t next = 0;
  for (const Tables::Columns& embedding : tables_->embeddings) {
    add_from(next, embedding.first);
    next = embedding.first + embedding.size;
    const std::uint32_t code = row.codes[embedding.first] - tables_->codes.offset(embedding.first);
    if (code != FourierFeatures::kMissing) add_from(embedding.first, next);
  }
  add_from(next, columns);
}

}  // namespace driftd::detectors::derived
