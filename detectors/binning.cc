#include "detectors/binning.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/hash.h"

namespace driftd::detectors {
namespace {

constexpr double kPlaces = 256;

std::size_t table_size(std::size_t entries) { return std::bit_ceil(std::max<std::size_t>(2 * entries, 2)); }

// Also for NaN, which a distance of infinity times a scale of 0 gives.
std::uint8_t inner_place(double position) {
  if (!(position < kPlaces - 1)) return 255;
  return position > 0 ? static_cast<std::uint8_t>(position) : std::uint8_t{0};
}

// Knots lie in groups of this many, the last one filled up with infinity.
constexpr std::size_t kGroup = 16;
static_assert(kMaxBins <= kGroup * kGroup);
using Pair = double __attribute__((vector_size(16)));
using Mask = std::int64_t __attribute__((vector_size(16)));

// How many of a group are below the number. Neither this nor bin_of() has a branch or a chain of loads
// that depends on the number: a mispredicted branch costs more than all the comparisons.
std::size_t count_below(const double* group, double number) {
  const Pair compared = {number, number};
  Mask below = {0, 0};
  for (std::size_t i = 0; i < kGroup; i += 2) {
    Pair knots;
    std::memcpy(&knots, group + i, sizeof knots);
    below -= knots < compared;  // true is -1
  }
  return static_cast<std::size_t>(below[0] + below[1]);
}

// The first knot that is not below the number, which is not above the last one. The first group holds
// the ends of the groups that follow it.
std::size_t bin_of(const double* groups, double number) {
  const std::size_t group = count_below(groups, number);
  return group * kGroup + count_below(groups + (group + 1) * kGroup, number);
}

// As bin_of() reads them.
void append_groups(const std::vector<double>& knots, std::vector<double>& out) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::size_t groups = (knots.size() + kGroup - 1) / kGroup;
  for (std::size_t i = 0; i < kGroup; ++i) {
    out.push_back(i + 1 < groups ? knots[(i + 1) * kGroup - 1] : kInfinity);
  }
  out.insert(out.end(), knots.begin(), knots.end());
  out.resize(out.size() + groups * kGroup - knots.size(), kInfinity);
}

}  // namespace

Binner::Binner(const Profile& profile, Side side) {
  for (const ColumnProfile* column : profile.side(side)) {
    Column& made = columns_.emplace_back();
    made.type = column->type;
    if (column->type == ColumnType::numeric) {
      add_numeric(*column, made);
    } else {
      add_categorical(*column, made);
    }
    names_.push_back(column->name);
    roles_.push_back(column->role);
    if (column->role == Role::feature) ++features_;
  }
  index_names();
}

void Binner::add_numeric(const ColumnProfile& profile, Column& column) {
  column.first = static_cast<std::uint32_t>(bins_.size());
  column.groups = static_cast<std::uint32_t>(groups_.size());
  append_groups(profile.knots, groups_);
  column.size = static_cast<std::uint32_t>(profile.knots.size());
  column.minimum = profile.minimum;
  column.maximum = profile.maximum;
  column.outer_scale = kPlaces / profile.outer_range();
  for (std::size_t i = 0; i < profile.knots.size(); ++i) {
    const double low = profile.low(i);
    const double scale = kPlaces / (profile.knots[i] - low);
    bins_.push_back({low, std::isfinite(scale) ? scale : 0});
  }
}

void Binner::add_categorical(const ColumnProfile& profile, Column& column) {
  column.first = static_cast<std::uint32_t>(slots_.size());
  column.size = static_cast<std::uint32_t>(table_size(profile.categories.size()));
  column.open = profile.open;
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
  if (hint < features_ && names_[hint] == name) return hint;
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
  const auto found = std::find(roles_.begin(), roles_.end(), role);
  if (found == roles_.end()) return std::nullopt;
  return static_cast<std::uint32_t>(found - roles_.begin());
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
  const std::size_t bin = bin_of(groups_.data() + column.groups, number);
  const Bin& place = bins_[column.first + bin];
  return {static_cast<std::uint8_t>(kFirstBin + bin), inner_place((number - place.low) * place.scale)};
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

Cell Binner::cell_of(std::uint32_t column, const Value& value) const {
  const Column& found = columns_[column];
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
    const Cell cell = cell_of(column, features[i].value);
    cells[column] = cell.cell;
    places[column] = cell.place;
  }
}

}  // namespace driftd::detectors
