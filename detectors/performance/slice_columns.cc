#include "detectors/performance/slice_columns.h"

#include <algorithm>
#include <cstdio>

#include "core/codec.h"
#include "core/hash.h"
#include "detectors/cells.h"

namespace driftd::detectors {
namespace {

constexpr std::size_t kNumericBins = 10;
constexpr std::size_t kCategories = kMostSliceBins - 3;

void cut(const ColumnProfile& profile, SliceColumn& column) {
  column.numeric = true;
  const std::size_t joined = std::max<std::size_t>(1, (profile.shown_bins + kNumericBins - 1) / kNumericBins);
  const std::size_t bins = (profile.shown_bins + joined - 1) / joined;
  for (std::size_t cell = 0; cell < profile.cells(); ++cell)
    if (profile.shown_bin[cell] != kNoBin)
      column.bin_of_cell[cell] = static_cast<std::uint8_t>(profile.shown_bin[cell] / joined);
  for (std::size_t edge = joined; edge <= profile.shown_edges.size(); edge += joined)
    column.ends.push_back(profile.shown_edges[edge - 1]);
  column.bins = bins + 1;
}

void cut_categories(const ColumnProfile& profile, SliceColumn& column) {
  const std::size_t own = std::min(profile.categories.size(), kCategories);
  column.categories.assign(profile.categories.begin(),
                           profile.categories.begin() + static_cast<std::ptrdiff_t>(own));
  for (std::size_t bin = 0; bin < profile.categories.size(); ++bin)
    column.bin_of_cell[kFirstBin + bin] = static_cast<std::uint8_t>(std::min(bin, own));
  column.bin_of_cell[kOtherCell] = static_cast<std::uint8_t>(own);
  column.bin_of_cell[kNewCell] = static_cast<std::uint8_t>(own + 1);
  column.bins = own + 3;
}

SliceColumn column_of(const ColumnProfile& profile, std::uint32_t place) {
  SliceColumn column;
  column.name = profile.name;
  column.place = place;
  profile.type == ColumnType::numeric ? cut(profile, column) : cut_categories(profile, column);
  for (std::size_t cell = 0; cell < column.bin_of_cell.size(); ++cell)
    if (profile.is_missing(cell)) column.bin_of_cell[cell] = static_cast<std::uint8_t>(column.missing());
  return column;
}

std::string number_text(double number) {
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.6g", number);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

SliceColumns::SliceColumns(const Profile& profile) {
  const auto all = profile.side(Side::predictions);
  Encoder meaning;
  for (std::uint32_t place = 0; place < all.size() && columns_.size() < kMostSliceColumns; ++place) {
    const bool amount = all[place]->role == Role::prediction && all[place]->type == ColumnType::numeric;
    if (all[place]->role != Role::feature && !amount) continue;
    SliceColumn& column = columns_.emplace_back(column_of(*all[place], place));
    column.searched = !amount;
    meaning.put_text(column.name);
    meaning.put_u64(column.place);
    for (const double end : column.ends) meaning.put_double(end);
    for (const std::string& category : column.categories) meaning.put_text(category);
    for (const std::uint8_t bin : column.bin_of_cell) meaning.put_u8(bin);
  }
  id_ = hash64(meaning.bytes());
}

std::vector<std::size_t> SliceColumns::bins() const {
  std::vector<std::size_t> bins;
  for (const SliceColumn& column : columns_) bins.push_back(column.bins);
  return bins;
}

bool SliceColumns::bin(std::span<const std::uint8_t> cells, std::span<std::uint8_t> bins) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].place >= cells.size()) return false;
    bins[i] = columns_[i].bin_of_cell[cells[columns_[i].place]];
  }
  return true;
}

std::string SliceColumns::words(const SliceTerm& term) const {
  const SliceColumn& column = columns_[term.column];
  if (term.first == column.missing()) return column.name + " is missing";
  if (!column.numeric) {
    if (term.first < column.categories.size()) return column.name + " = " + column.categories[term.first];
    return column.name + (term.first == column.categories.size() ? " is another" : " is new");
  }
  const bool from = term.first > 0;
  const bool to = term.last < column.ends.size();
  const std::string low = from ? number_text(column.ends[term.first - 1U]) : std::string();
  const std::string high = to ? number_text(column.ends[term.last]) : std::string();
  if (from && to) return low + " < " + column.name + " <= " + high;
  if (from) return column.name + " > " + low;
  return to ? column.name + " <= " + high : column.name + " is there";
}

}  // namespace driftd::detectors
