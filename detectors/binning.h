// Binner: values to cells, by the bins of a profile. The hot path: some 25 values of every event.
//
// Immutable once made, so that any number of threads may share it; nothing is allocated after the
// constructor. Columns are those of one side of the profile, numbered from 0 in its order; those that are
// derived come after them there, and are a RowDeriver's (derived/row_deriver.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"
#include "detectors/cells.h"
#include "detectors/profile.h"

namespace driftd::detectors {

// Where the features of the last event went, by position: most producers keep their order. One a
// thread and binner; starts empty.
struct BinnerHints {
  std::vector<std::uint32_t> columns;
};

class Binner {
 public:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  Binner(const Profile& profile, Side side);
  // Of any columns; features among them come first.
  explicit Binner(const std::vector<const ColumnProfile*>& columns);

  [[nodiscard]] std::size_t columns() const { return columns_.size(); }
  // The feature's column, or kNone: not in the reference, or ignored. `hint` is tried first.
  [[nodiscard]] std::uint32_t column_of(std::string_view name, std::uint32_t hint = kNone) const;
  // The column of prediction, score, label or loss.
  [[nodiscard]] std::optional<std::uint32_t> column_of(Role role) const;
  [[nodiscard]] ColumnType type_of(std::uint32_t column) const { return columns_[column].type; }

  // Where the value belongs. In a categorical column every scalar is its shortest text and an array or
  // object is a type_change; in a numeric one everything but a number and null is; in an embedding's
  // everything but an array of its length and null.
  [[nodiscard]] Cell cell_of(std::uint32_t column, const Value& value) const;
  [[nodiscard]] Cell cell_of(std::uint32_t column, double number) const;
  [[nodiscard]] Cell cell_of(std::uint32_t column, std::string_view text) const;

  // A whole event: `cells` and `places` (columns() each) are set, columns without a feature to
  // absent; features that are none of the columns are passed over, and of two of one name the last
  // counts. Prediction and score stay absent: they are the caller's to put in, as are the notes of
  // categories whose cell is_new(), and the arrays of embeddings, which are type_change until then
  // (derived/embedding_binner.h).
  void bin(std::span<const Feature> features, std::span<std::uint8_t> cells, std::span<std::uint8_t> places,
           BinnerHints& hints) const;
  [[nodiscard]] bool is_new(std::uint32_t column, std::uint8_t cell) const {
    return cell == kNewCell && columns_[column].type == ColumnType::categorical;
  }

 private:
  struct Column {
    ColumnType type = ColumnType::numeric;
    bool open = false;
    std::uint32_t length = 0;  // of an embedding
    std::uint32_t first = 0;   // into groups_, or into slots_
    std::uint32_t size = 0;    // fine bins, or slots of the hash table (a power of two)
    double minimum = 0;
    double maximum = 0;
    double outer_scale = 0;  // 256 / range
    std::uint32_t other_first = 0;
    std::uint32_t other_size = 0;
  };
  struct Slot {  // of an open-addressing table of categories
    std::uint64_t hash = 0;
    std::uint32_t text = 0;  // into texts_
    std::uint32_t length = 0;
    std::uint8_t cell = 0;  // 0: free
  };
  struct Name {
    std::uint64_t hash = 0;
    std::uint32_t column = kNone;
  };

  void add_numeric(const ColumnProfile& profile, Column& column);
  void add_categorical(const ColumnProfile& profile, Column& column);
  void index_names();
  [[nodiscard]] Cell number_cell(const Column& column, double number) const;
  [[nodiscard]] static Cell embedding_cell(const Column& column, const Value& value);
  [[nodiscard]] Cell text_cell(const Column& column, std::string_view text) const;

  std::vector<Column> columns_;
  std::vector<double> groups_;  // knots, as number_search.h wants them
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> others_;
  std::string texts_;
  std::vector<std::string> names_;
  std::array<std::uint32_t, 6> first_of_role_{};  // or kNone
  std::vector<Name> names_by_hash_;               // features alone; size a power of two
  std::uint32_t features_ = 0;                    // they come first
};

}  // namespace driftd::detectors
