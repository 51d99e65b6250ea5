// Chooses and draws what derived columns are made of (definitions.h), from the cells of a reference's rows.
// Pure: depends on the rows alone, not on their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "detectors/derived/definitions.h"

namespace driftd::detectors::derived {

// The rows of a reference as cells of the columns of its side, row after row.
struct CellRows {
  std::size_t columns = 0;
  std::vector<std::uint8_t> cells;

  [[nodiscard]] std::size_t size() const { return columns == 0 ? 0 : cells.size() / columns; }
  [[nodiscard]] std::span<const std::uint8_t> row(std::size_t i) const {
    return std::span(cells).subspan(i * columns, columns);
  }
};

inline constexpr std::size_t kMostFittedRows = 16'384;  // of them sums of products are exact, and soon done
inline constexpr double kExplained = 0.65;              // by automatic components; NannyML's default
inline constexpr std::size_t kMostAutomatic = 16;

// Pairs are those with the largest correlation of scores, either way; components those of the covariance of
// scores; both over `fitted`, rows of `rows` in any order, the same at most kMostFittedRows whatever it is.
// Weights of projections are normal, drawn for (seed, projection, name of the feature): another column more
// does not change those of the others but for their length. Names are those of the columns of the side.
// Without two features that vary there are neither directions nor pairs.
Definitions fit(std::vector<Feature> features, const std::vector<std::string>& names, const CellRows& rows,
                std::span<const std::uint32_t> fitted, const Options& options);

}  // namespace driftd::detectors::derived
