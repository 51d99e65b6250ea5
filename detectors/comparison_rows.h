// The tests of whole rows on a sample of two data sets: what a drift of no single column shows. Pure
// functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "detectors/statistics/row_tests.h"
#include "detectors/table.h"

namespace driftd::detectors {

inline constexpr std::size_t kSampledRows = 2000;     // a side
inline constexpr std::size_t kDiscrepancyRows = 500;  // of them, for the maximum mean discrepancy

struct RowsTests {
  std::size_t reference_rows = 0;  // sampled
  std::size_t current_rows = 0;
  std::size_t columns = 0;  // features in it
  std::size_t places = 0;   // numbers that a row became
  std::size_t discrepancy_reference_rows = 0, discrepancy_current_rows = 0;
  std::optional<MeanDiscrepancy> discrepancy;
  std::optional<ClassifierTest> classifier;
  std::optional<ReconstructionError> reconstruction;
};

// On at most `rows` rows of each side, drawn with a fixed seed, so that the cost is bounded. Nothing where a
// side has fewer than kFewestRows rows or the two have no feature in common.
std::optional<RowsTests> rows_tests(const Table& reference, const Table& current, std::size_t rows);

}  // namespace driftd::detectors
