// RowCodes: a row's numeric derived columns as small whole numbers, "codes", of which each stands for one
// value. A column has at most some thousand codes, so that whoever counts can look up what a code means.
//
//   pair         code = the two cells; value = the product of their ranks, none where either has no rank
//   projection   sum over features of weight * score, on a grid of 4096 steps over what the sum can be
//   reconstruction_error
//                the length of what the leading components leave of the row's centred scores (as NannyML's
//                data reconstruction has it), on a grid of 4096 steps
//   hotelling_t2 the sum over components of (coordinate^2 / variance), on a grid that is even in its root
//   fourier      the code that an EmbeddingBinner gave, which the row holds behind its cells
//
// Weights times scores are kept for each cell as 16-bit integers, each direction in a unit of its own, in
// which no sum can overflow: a row costs four short vector additions a feature for 32 directions together,
// and sums are the same in any order. Immutable once made; any thread; nothing is allocated after the
// constructor.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/derived/definitions.h"

namespace driftd::detectors::derived {

class RowCodes {
 public:
  // `others` are the columns of the side that are not derived: so many cells come before the row's codes of
  // Fourier features.
  RowCodes(const Definitions& definitions, std::size_t others);

  [[nodiscard]] std::size_t columns() const { return columns_.size(); }
  // Codes are numbered through all columns: those of one are offset() up to offset() + width(). The missing
  // pattern has none.
  [[nodiscard]] std::uint32_t offset(std::size_t column) const { return columns_[column].offset; }
  [[nodiscard]] std::uint32_t width(std::size_t column) const { return columns_[column].width; }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  // Of a column's code, from 0; none: missing.
  [[nodiscard]] std::optional<double> value(std::size_t column, std::uint32_t code) const;

  // The numbers of the row's codes, by column; that of the missing pattern is not touched. `cells` are those
  // of the side's other columns, as a Binner gives them, and the codes of embeddings.
  void of(std::span<const std::uint8_t> cells, std::span<std::uint32_t> codes) const;

  // The same in two parts, for many rows at once. The code of a pair is first * stride + second of the cells
  // of two columns.
  struct Pair {
    std::uint32_t first = 0, second = 0;  // columns
    std::uint32_t offset = 0, stride = 0;
  };
  [[nodiscard]] std::span<const Pair> pairs() const { return pairs_; }
  [[nodiscard]] std::size_t first_pair() const { return first_pair_; }  // its column
  // Of a Fourier feature, from 0: its column, and where its code is in the row.
  [[nodiscard]] std::size_t fourier() const { return fourier_; }
  [[nodiscard]] std::size_t fourier_column(std::size_t feature) const { return first_fourier_ + feature; }
  [[nodiscard]] std::size_t fourier_place(std::size_t feature) const { return others_ + feature; }
  // Directions are the projections, then reconstruction error and T2; of a row their codes from 0.
  [[nodiscard]] std::size_t directions() const { return projections_ + (squares_.empty() ? 0 : 2); }
  [[nodiscard]] std::size_t direction_column(std::size_t direction) const {
    return direction < projections_ ? direction : columns_.size() - 2 + (direction - projections_);
  }
  void directions_of(const std::uint8_t* cells, std::span<std::uint16_t> codes) const;
  // The columns that are looked at.
  template <class Visit>
  void for_each_source(const Visit& visit) const {
    for (const Source& source : sources_) visit(source.column);
  }

 private:
  static constexpr std::size_t kLanes = 32;  // sums that are made at once
  static constexpr std::size_t kMostLanes = 2 * kMostDirections + kLanes;
  using Sums = std::array<std::int16_t, kMostLanes>;

  enum class Sort : std::uint8_t { projection, pattern, fourier, pair, error, t2 };
  struct Column {
    Sort sort = Sort::pattern;
    std::uint32_t offset = 0;
    std::uint32_t width = 0;
    double scale = 0;  // projection: units of the sum to 1; error: steps to 1; t2: to 1 of the root
  };
  struct Source {
    std::uint32_t column = 0;
    std::uint32_t first = 0;  // of its cells among all features'
  };

  void add_column(Sort sort, std::uint32_t width, double scale);
  void add_sources(const Definitions& definitions);
  void add_lanes(const Definitions& definitions);
  void add_pairs(const Definitions& definitions);
  void add_components(const Components& components);
  void sum(const std::uint8_t* cells, Sums& sums) const;
  void code_components(const Sums& sums, std::uint16_t* codes) const;

  std::vector<Column> columns_;
  std::uint32_t size_ = 0;
  std::vector<Source> sources_;  // the features
  std::vector<Pair> pairs_;
  std::size_t projections_ = 0;
  std::size_t others_ = 0;
  std::size_t fourier_ = 0;
  std::size_t first_fourier_ = 0, first_pair_ = 0;  // columns
  // A lane for each projection, each component and the squared length, filled up to whole kLanes.
  std::size_t lanes_ = 0;
  std::vector<std::int16_t> contributions_;  // by cell of a feature, then lane
  std::vector<double> scales_;               // by lane: units to 1
  // By component, of a coordinate's square as sums have it.
  std::vector<double> squares_;
  std::vector<double> inverse_variances_;
  std::vector<std::int32_t> ranks_;  // of pairs, for value(): by cell of a feature
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pair_ranks_;  // where those of a pair begin
};

}  // namespace driftd::detectors::derived
