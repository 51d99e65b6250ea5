#include "detectors/tally.h"

#include <algorithm>
#include <utility>

#include "core/hash.h"

namespace driftd::detectors {

TallyLayout::TallyLayout(const Profile& profile, Side side) {
  for (const ColumnProfile* column : profile.side(side)) {
    columns_.push_back({static_cast<std::uint32_t>(size_), static_cast<std::uint16_t>(column->cells()),
                        column->below_cell(), column->above_cell()});
    size_ += column->cells();
  }
}

Tally::Tally(std::shared_ptr<const TallyLayout> layout)
    : layout_(std::move(layout)), cells_(layout_->size()) {}

void Tally::add_columns(std::size_t first, std::span<const std::uint8_t> cells,
                        std::span<const std::uint8_t> places, int sign) {
  CellCount* const counts = cells_.data();
  const TallyLayout::Column* column = layout_->columns_.data() + first;
  for (std::size_t i = 0; i < cells.size(); ++i, ++column) {
    const std::uint8_t cell = cells[i];
    const bool outer = cell == column->below || cell == column->above;
    const std::int64_t units = outer ? kUnitsOfOuterPlace[places[i]] : std::int64_t{places[i]};
    CellCount& count = counts[column->offset + cell];
    count.count += sign;
    count.units = wrapping_add(count.units, units * sign);
  }
}

void Tally::note_new(std::uint32_t column, std::string_view text, int sign) {
  add_new_category(new_, column, {hash64(text), std::string(text)}, sign);
}

void Tally::combine(const Tally& other, std::int64_t sign) {
  events_ = wrapping_add(events_, wrapping_times(other.events_, sign));
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i].count = wrapping_add(cells_[i].count, wrapping_times(other.cells_[i].count, sign));
    cells_[i].units = wrapping_add(cells_[i].units, wrapping_times(other.cells_[i].units, sign));
  }
  const NewCategoriesByColumn added = &other == this ? other.new_ : NewCategoriesByColumn{};
  for (const auto& [column, categories] : &other == this ? added : other.new_) {
    for (const auto& [category, count] : categories) {
      add_new_category(new_, column, category, wrapping_times(count, sign));
    }
  }
}

std::span<const CellCount> Tally::column(std::size_t column) const {
  return std::span(cells_).subspan(layout_->offset(column), layout_->cells(column));
}

std::vector<Tally::NewCategoryCount> Tally::new_categories() const {
  std::vector<NewCategoryCount> found;
  for (const auto& [column, categories] : new_) {
    for (const auto& [category, count] : categories) found.push_back({column, category.second, count});
  }
  return found;
}

bool Tally::empty() const {
  return events_ == 0 && new_.empty() &&
         std::all_of(cells_.begin(), cells_.end(), [](const CellCount& c) { return c == CellCount{}; });
}

void Tally::clear() {
  events_ = 0;
  std::fill(cells_.begin(), cells_.end(), CellCount{});
  new_.clear();
}

std::string Tally::encode() const {
  SparseTally sparse{events_, {}, new_};
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (cells_[i] != CellCount{}) sparse.entries.push_back({i, cells_[i]});
  }
  return sparse.encode();
}

Result<Tally> Tally::decode(std::shared_ptr<const TallyLayout> layout, std::string_view bytes) {
  Tally tally(std::move(layout));
  if (Status merged = tally.merge_encoded(bytes); !merged.ok()) return merged.error();
  return tally;
}

Status Tally::merge_encoded(std::string_view bytes, int sign) {
  const Result<SparseTally> sparse = SparseTally::decode(bytes);
  if (!sparse.ok()) return sparse.error();
  const bool fits = sparse->entries.empty() || sparse->entries.back().flat < cells_.size();
  const bool notes_fit =
      sparse->new_categories.empty() || sparse->new_categories.rbegin()->first < layout_->columns();
  if (!fits || !notes_fit) {
    return Error{ErrorCode::corrupt, "the tally does not belong to the bins of this profile"};
  }
  events_ = wrapping_add(events_, wrapping_times(sparse->events, sign));
  for (const SparseTally::Entry& entry : sparse->entries) {
    CellCount& count = cells_[entry.flat];
    count.count = wrapping_add(count.count, wrapping_times(entry.count.count, sign));
    count.units = wrapping_add(count.units, wrapping_times(entry.count.units, sign));
  }
  for (const auto& [column, categories] : sparse->new_categories) {
    for (const auto& [category, count] : categories) {
      add_new_category(new_, column, category, wrapping_times(count, sign));
    }
  }
  return success();
}

}  // namespace driftd::detectors
