#include "detectors/binning.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/embedding.h"
#include "core/hash.h"
#include "core/same_text.h"
#include "detectors/number_search.h"

namespace driftd::detectors {
namespace {

constexpr double kPlaces = 256;

std::size_t table_size(std::size_t entries) { return std::bit_ceil(std::max<std::size_t>(2 * entries, 2)); }

// Also for NaN, which a distance of infinity times a scale of 0 gives.
std::uint8_t inner_place(double position) {
  if (!(position < kPlaces - 1)) return 255;
  return position > 0 ? static_cast<std::uint8_t>(position) : std::uint8_t{0};
}

std::vector<const ColumnProfile*> binned_columns(const Profile& profile, Side side) {
  std::vector<const ColumnProfile*> columns = profile.side(side);
  std::erase_if(columns, [](const ColumnProfile* column) { return column->role == Role::derived; });
  return columns;
}

}  // namespace

Binner::Binner(const Profile& profile, Side side) : Binner(binned_columns(profile, side)) {}

Binner::Binner(const std::vector<const ColumnProfile*>& columns) {
  first_of_role_.fill(kNone);
  for (const ColumnProfile* column : columns) {
    Column& made = columns_.emplace_back();
    made.type = column->type;
    if (column->type == ColumnType::numeric) {
      add_numeric(*column, made);
    } else {
      add_categorical(*column, made);
    }
    names_.push_back(column->name);
    std::uint32_t& first = first_of_role_[static_cast<std::size_t>(column->role)];
    first = std::min(first, static_cast<std::uint32_t>(names_.size() - 1));
    if (column->role == Role::feature) ++features_;
  }
  index_names();
}

void Binner::add_numeric(const ColumnProfile& profile, Column& column) {
  column.first = static_cast<std::uint32_t>(groups_.size());
  append_knot_groups(profile.knots, groups_);
  column.size = static_cast<std::uint32_t>(profile.knots.size());
  column.minimum = profile.minimum;
  column.maximum = profile.maximum;
  column.outer_scale = kPlaces / profile.outer_range();
}

void Binner::add_categorical(const ColumnProfile& profile, Column& column) {
  column.first = static_cast<std::uint32_t>(slots_.size());
  column.size = static_cast<std::uint32_t>(table_size(profile.categories.size()));
  column.open = profile.open;
  column.length = profile.length;
  column.other_first = static_cast<std::uint32_t>(others_.size());
  column.other_size = static_cast<std::uint32_t>(profile.other_categories.size());
  others_.insert(others_.end(), profile.other_categories.begin(), profile.other_categories.end());
  slots_.resize(slots_.size() + column.size);
  for (std::size_t i = 0; i < profile.categories.size(); ++i) {
    const std::string& text = profile.categories[i];
    const std::uint64_t hash = hash64(text);
    std::size_t at = hash & (column.size - 1);
    while (slots_[column.first + at].cell != 0) at = (at + 1) & (column.size - 1);
    slots_[column.first + at] = {hash, static_cast<std::uint32_t>(texts_.size()),
                                 static_cast<std::uint32_t>(text.size()),
                                 static_cast<std::uint8_t>(kFirstBin + i)};
    texts_ += text;
  }
}

void Binner::index_names() {
  names_by_hash_.resize(table_size(features_));
  const std::size_t mask = names_by_hash_.size() - 1;
  for (std::uint32_t column = 0; column < features_; ++column) {
    const std::uint64_t hash = hash64(names_[column]);
    std::size_t at = hash & mask;
    while (names_by_hash_[at].column != kNone) at = (at + 1) & mask;
    names_by_hash_[at] = {hash, column};
  }
}

std::uint32_t Binner::column_of(std::string_view name, std::uint32_t hint) const {
  if (hint < features_ && same_text(names_[hint], name)) return hint;
  const std::uint64_t hash = hash64(name);
  const std::size_t mask = names_by_hash_.size() - 1;
  for (std::size_t at = hash & mask; names_by_hash_[at].column != kNone; at = (at + 1) & mask) {
    if (names_by_hash_[at].hash == hash && names_[names_by_hash_[at].column] == name) {
      return names_by_hash_[at].column;
    }
  }
  return kNone;
}

std::optional<std::uint32_t> Binner::column_of(Role role) const {
  const std::uint32_t column = first_of_role_[static_cast<std::size_t>(role)];
  return column == kNone ? std::nullopt : std::optional(column);
}

Cell Binner::number_cell(const Column& column, double number) const {
  if (!std::isfinite(number)) return {kNotFiniteCell, 0};
  if (column.size == 0) return {kFirstBin, 0};  // no reference value: whatever comes is above
  if (number < column.minimum) {
    return {kBelowCell, outer_place((column.minimum - number) * column.outer_scale)};
  }
  if (number > column.maximum) {
    return {static_cast<std::uint8_t>(kFirstBin + column.size),
            outer_place((number - column.maximum) * column.outer_scale)};
  }
  const double* const groups = groups_.data() + column.first;
  const std::size_t bin = bin_of(groups, number);
  // Not kept in a table: the division costs less than another line of the cache.
  const double* const knot = groups + kKnotGroup + bin;
  const double low = bin == 0 ? column.minimum : knot[-1];
  const double scale = kPlaces / (*knot - low);  // infinite where the bin is a single value
  return {static_cast<std::uint8_t>(kFirstBin + bin),
          inner_place((number - low) * (std::isfinite(scale) ? scale : 0))};
}

Cell Binner::text_cell(const Column& column, std::string_view text) const {
  const std::uint64_t hash = hash64(text);
  const Slot* slots = slots_.data() + column.first;
  const std::size_t mask = column.size - 1;
  for (std::size_t at = hash & mask; slots[at].cell != 0; at = (at + 1) & mask) {
    const Slot& slot = slots[at];
    if (slot.hash == hash && slot.length == text.size() &&
        std::memcmp(texts_.data() + slot.text, text.data(), text.size()) == 0) {
      return {slot.cell, 0};
    }
  }
  if (column.open) return {kOtherCell, 0};
  const auto first = others_.begin() + column.other_first;
  return {std::binary_search(first, first + column.other_size, hash) ? kOtherCell : kNewCell, 0};
}

Cell Binner::embedding_cell(const Column& column, const Value& value) {
  if (value.kind == Value::Kind::null) return {kNullCell, 0};
  if (value.kind == Value::Kind::absent) return {kAbsentCell, 0};
  const bool fits = value.kind == Value::Kind::array && count_items(value.text) == column.length;
  return {fits ? kFirstBin : kTypeChangeCell, 0};
}

Cell Binner::cell_of(std::uint32_t column, const Value& value) const {
  const Column& found = columns_[column];
  if (found.length > 0) return embedding_cell(found, value);
  switch (value.kind) {
    case Value::Kind::null:
      return {kNullCell, 0};
    case Value::Kind::absent:
      return {kAbsentCell, 0};
    case Value::Kind::array:
    case Value::Kind::object:
      return {kTypeChangeCell, 0};
    case Value::Kind::number:
      if (found.type == ColumnType::numeric) return number_cell(found, value.number);
      break;
    case Value::Kind::not_finite:
      // as a category it has no text to be known by: like a value of another type
      return {found.type == ColumnType::numeric ? kNotFiniteCell : kTypeChangeCell, 0};
    case Value::Kind::boolean:
    case Value::Kind::text:
      if (found.type == ColumnType::numeric) return {kTypeChangeCell, 0};
      break;
  }
  std::array<char, 32> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): shortest_text fills it
  return text_cell(found, shortest_text(value, buffer));
}

Cell Binner::cell_of(std::uint32_t column, double number) const {
  return cell_of(column, Value{Value::Kind::number, number, {}});
}

Cell Binner::cell_of(std::uint32_t column, std::string_view text) const {
  return cell_of(column, Value{Value::Kind::text, 0, text});
}

void Binner::bin(std::span<const Feature> features, std::span<std::uint8_t> cells,
                 std::span<std::uint8_t> places, BinnerHints& hints) const {
  std::fill(cells.begin(), cells.end(), kAbsentCell);
  std::fill(places.begin(), places.end(), std::uint8_t{0});
  if (hints.columns.size() < features.size()) hints.columns.resize(features.size(), kNone);
  for (std::size_t i = 0; i < features.size(); ++i) {
    const std::uint32_t column = column_of(features[i].name, hints.columns[i]);
    if (column == kNone) continue;
    hints.columns[i] = column;
    const bool array = features[i].value.kind == Value::Kind::array;
    const Cell cell = array ? Cell{kTypeChangeCell, 0} : cell_of(column, features[i].value);
    cells[column] = cell.cell;
    places[column] = cell.place;
  }
}

}  // namespace driftd::detectors
