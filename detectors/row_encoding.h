// Rows of a Table as vectors of numbers, for the tests of whole rows (statistics/row_tests.h). Pure; any
// thread.
//
// What is learnt is learnt from the reference rows alone. A number becomes its distance from the mean in
// standard deviations, at most 10 either way (the sign of the distance where the reference is constant); a
// category becomes a 1 in the place of one of the 8 most frequent, or of all others; a missing value is 0
// everywhere, and a column with any has a place that says so. Columns are taken in their order as long as
// there are no more than kMostPlaces places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "detectors/statistics/row_tests.h"
#include "detectors/table.h"

namespace driftd::detectors {

inline constexpr std::size_t kMostPlaces = 128;

struct EncodedRows {
  RowMatrix reference;
  RowMatrix current;
  std::size_t columns = 0;  // features that both have and that are in it
};

// The features of these rows; a feature that one side does not have is left out.
EncodedRows encode_rows(const Table& reference, std::span<const std::uint32_t> reference_rows,
                        const Table& current, std::span<const std::uint32_t> current_rows);

}  // namespace driftd::detectors
