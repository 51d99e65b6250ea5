// Tally: what one series has counted in one slot, or over many. Integers that merge exactly and in any
// order (DESIGN 1): every number driftd says is a function of merged tallies.
//
// A tally has the layout of one side of a profile. New categories are counted by their text as well:
// the 1,000 of a column with the smallest hash (hash64, then bytes), each exactly, however tallies are
// merged; those notes are not part of a Window's total. Values; no threads.
//
// encode() is canonical: equal tallies have equal bytes. Layout: put_i64 events; put_u64 n; n times
// (put_u64 gap to the flat cell before, put_i64 count, put_i64 units), flat cell = offset of the column +
// cell, those without count and units left out; then put_u64 n; n times (put_u64 column, put_text
// category, put_i64 count), rising by (column, hash, category).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "detectors/cells.h"
#include "detectors/profile.h"
#include "detectors/sparse_tally.h"

namespace driftd::detectors {

// Where each column's cells are in a tally. Immutable; shared by all tallies of a profile's side.
class TallyLayout {
 public:
  TallyLayout(const Profile& profile, Side side);

  [[nodiscard]] std::size_t columns() const { return columns_.size(); }
  [[nodiscard]] std::size_t offset(std::size_t column) const { return columns_[column].offset; }
  [[nodiscard]] std::size_t cells(std::size_t column) const { return columns_[column].cells; }
  [[nodiscard]] std::size_t size() const { return size_; }  // cells of all columns

 private:
  friend class Tally;
  struct Column {
    std::uint32_t offset = 0;
    std::uint16_t cells = 0;
    std::uint8_t below = kNoBin;
    std::uint8_t above = kNoBin;
  };
  std::vector<Column> columns_;
  std::size_t size_ = 0;
};

inline constexpr std::size_t kMostNewCategories = 1000;  // of a column, by their text

class Tally {
 public:
  struct NewCategoryCount {
    std::uint32_t column = 0;
    std::string text;
    std::int64_t count = 0;
    friend bool operator==(const NewCategoryCount&, const NewCategoryCount&) = default;
  };

  explicit Tally(std::shared_ptr<const TallyLayout> layout);

  // One row: a cell and a place for each column, or for the first ones. Preconditions: there are as many
  // places as cells, cells came from a Binner of the same profile; sign is +1 or -1.
  void add(std::span<const std::uint8_t> cells, std::span<const std::uint8_t> places, int sign = 1) {
    events_ += sign;
    add_columns(0, cells, places, sign);
  }
  // Further columns of a row that was added: those from `first` on. Cells came from a RowDeriver.
  void add_columns(std::size_t first, std::span<const std::uint8_t> cells,
                   std::span<const std::uint8_t> places, int sign = 1);
  // The same of many rows, where their cells of one column have been counted already.
  void add_counts(std::size_t column, std::uint8_t cell, const CellCount& count) {
    CellCount& sum = cells_[layout_->offset(column) + cell];
    sum.count += count.count;
    sum.units = wrapping_add(sum.units, count.units);
  }
  // Notes the text behind a cell `new` of the row.
  void note_new(std::uint32_t column, std::string_view text, int sign = 1);

  // Precondition: the same layout.
  void merge(const Tally& other) { combine(other, 1); }
  // Takes back what was merged. Notes of new categories are exact if none had to be left out before.
  void subtract(const Tally& other) { combine(other, -1); }

  [[nodiscard]] std::int64_t events() const { return events_; }
  [[nodiscard]] std::span<const CellCount> column(std::size_t column) const;
  [[nodiscard]] std::vector<NewCategoryCount> new_categories() const;  // by column, hash, text
  [[nodiscard]] bool empty() const;
  void clear();
  void clear_new_categories() { new_.clear(); }
  [[nodiscard]] const std::shared_ptr<const TallyLayout>& layout() const { return layout_; }

  [[nodiscard]] std::string encode() const;
  static Result<Tally> decode(std::shared_ptr<const TallyLayout> layout, std::string_view bytes);
  // Adds what decode() would give, without making another tally; changes nothing where it fails.
  Status merge_encoded(std::string_view bytes, int sign = 1);

  friend bool operator==(const Tally& a, const Tally& b) {
    return a.events_ == b.events_ && a.cells_ == b.cells_ && a.new_ == b.new_;
  }

 private:
  void combine(const Tally& other, std::int64_t sign);

  std::shared_ptr<const TallyLayout> layout_;
  std::int64_t events_ = 0;
  std::vector<CellCount> cells_;
  NewCategoriesByColumn new_;
};

// The encoding of the sum of two encoded tallies of one layout, without that layout; bytes that are no
// tally count as empty. Commutes and associates: storage adds what came late to the history with it.
std::string add_encoded_tallies(std::string_view a, std::string_view b);

}  // namespace driftd::detectors
