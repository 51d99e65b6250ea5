// By what rows are sliced: each feature of a reference in at most 16 bins, coarser than its cells.
//
// A numeric column has its shown bins, at most ten (neighbours joined where there are more); below and above
// join the outer bins, and what is missing has a bin of its own. Of a categorical column the most frequent
// categories have one each, the others share one, new ones share one, and so do missing values. A numeric
// prediction is a column too, for models of the loss; nobody searches for slices by it. Derived from the
// profile's edges and categories, not its counts; an immutable value, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detectors/profile.h"

namespace driftd::detectors {

inline constexpr std::size_t kMostSliceBins = 16;
inline constexpr std::size_t kMostSliceColumns = 255;  // further features are not looked at

struct SliceColumn {
  std::string name;
  std::uint32_t place = 0;  // among the columns of the side of predictions
  std::array<std::uint8_t, 256> bin_of_cell{};
  std::size_t bins = 0;                 // the last one: missing
  std::vector<double> ends;             // numeric: upper ends of the bins but the last two, rising
  std::vector<std::string> categories;  // categorical: of the bins but the last three; then other, then new
  bool numeric = false;
  bool searched = true;

  [[nodiscard]] std::size_t missing() const { return bins - 1; }
};

// What a slice says of one column: a range of bins, first to last, both included. Of a numeric column
// whatever range of its values, else a single bin.
struct SliceTerm {
  std::uint32_t column = 0;  // into SliceColumns
  std::uint8_t first = 0;
  std::uint8_t last = 0;
  friend bool operator==(const SliceTerm&, const SliceTerm&) = default;
};

class SliceColumns {
 public:
  SliceColumns() = default;
  explicit SliceColumns(const Profile& profile);

  [[nodiscard]] const std::vector<SliceColumn>& columns() const { return columns_; }
  [[nodiscard]] std::size_t size() const { return columns_.size(); }
  [[nodiscard]] std::vector<std::size_t> bins() const;  // of each column
  // Equal where bins mean the same.
  [[nodiscard]] std::uint64_t id() const { return id_; }
  // A row's cells (of all columns of its side) as one bin a column; false where they are too few.
  bool bin(std::span<const std::uint8_t> cells, std::span<std::uint8_t> bins) const;
  // "age > 45", "country = FR", "tenure is missing".
  [[nodiscard]] std::string words(const SliceTerm& term) const;

 private:
  std::vector<SliceColumn> columns_;
  std::uint64_t id_ = 0;
};

}  // namespace driftd::detectors
