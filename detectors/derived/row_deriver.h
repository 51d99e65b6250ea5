// RowDeriver: the cells of a row's derived columns, from the cells of its other columns. The hot path: some
// 80 columns of every event that counts.
//
// Immutable once made, so that any number of threads may share it; each has a DerivedRow of its own. Nothing
// is allocated for a row, but the first times that a pattern of missing values is longer than those before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "detectors/binning.h"
#include "detectors/derived/missing_pattern.h"
#include "detectors/derived/row_codes.h"
#include "detectors/profile.h"
#include "detectors/tally.h"

namespace driftd::detectors::derived {

// Of one row at a time.
struct DerivedRow {
  std::vector<std::uint8_t> cells, places;  // by derived column
  std::vector<std::uint32_t> codes;
  std::string pattern;
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

  // `cells` are those of the others, as a Binner of the profile gives them.
  void derive(std::span<const std::uint8_t> cells, DerivedRow& row) const;
  // Adds the first `columns` of them to what the tally has counted of the row already. `sign` as there.
  void count(std::span<const std::uint8_t> cells, Tally& tally, DerivedRow& row, int sign = 1) const;
  void count_first(std::size_t columns, std::span<const std::uint8_t> cells, Tally& tally,
                   DerivedRow& row) const;

 private:
  struct Tables;
  std::size_t others_ = 0;
  std::size_t columns_ = 0;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace driftd::detectors::derived
