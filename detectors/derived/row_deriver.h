// RowDeriver: the cells of rows' derived columns, from the cells of their other columns. The hot path: some
// 80 columns of every event that counts.
//
// Immutable once made, so that any number of threads may share it; each has a DerivedRow and DerivedRows of
// its own. Nothing is allocated for a row once these have been used, but where a pattern of missing values is
// longer than any before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detectors/profile.h"
#include "detectors/tally.h"

namespace driftd::detectors::derived {

// One row.
struct DerivedRow {
  std::vector<std::uint8_t> cells, places;  // by derived column
  std::vector<std::uint32_t> codes;
  std::string pattern;
};

// What count() needs for many.
struct DerivedRows {
  std::vector<std::uint8_t> cells;    // by column, then row
  std::vector<std::uint16_t> steps;   // by direction, then row
  std::vector<std::uint32_t> counts;  // by cell, of one column
  DerivedRow row;
};

class RowDeriver {
 public:
  // Has no columns where the profile defines none.
  explicit RowDeriver(const Profile& profile);
  ~RowDeriver();
  RowDeriver(RowDeriver&&) noexcept;
  RowDeriver& operator=(RowDeriver&&) noexcept;
  RowDeriver(const RowDeriver&) = delete;
  RowDeriver& operator=(const RowDeriver&) = delete;

  // The derived columns are the last of the side of the predictions, after so many others.
  [[nodiscard]] std::size_t others() const { return others_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }

  // `cells` are those of the others, as a Binner of the profile gives them, and behind them the codes of the
  // profile's embeddings, as an EmbeddingBinner gives them.
  void derive(std::span<const std::uint8_t> cells, DerivedRow& row) const;
  // Adds the first `columns` of them to what the tally has counted of the row already. `sign` as there.
  void count(std::span<const std::uint8_t> cells, Tally& tally, DerivedRow& row, int sign = 1) const;
  void count_first(std::size_t columns, std::span<const std::uint8_t> cells, Tally& tally,
                   DerivedRow& row) const;
  // The same of many rows, each given by its cells and codes: a third of the time, for column after column
  // is counted, and what that needs stays at hand.
  void count(std::span<const std::uint8_t* const> rows, Tally& tally, DerivedRows& scratch) const;

 private:
  struct Tables;
  void add(std::size_t columns, const DerivedRow& row, Tally& tally, int sign) const;
  void count_block(std::span<const std::uint8_t* const> rows, Tally& tally, DerivedRows& scratch) const;
  void count_fourier(std::span<const std::uint8_t* const> rows, Tally& tally, DerivedRows& scratch) const;
  void count_directions(std::span<const std::uint8_t* const> rows, Tally& tally, DerivedRows& scratch) const;
  void count_patterns(std::span<const std::uint8_t* const> rows, Tally& tally, DerivedRows& scratch) const;

  std::size_t others_ = 0;
  std::size_t columns_ = 0;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace driftd::detectors::derived
