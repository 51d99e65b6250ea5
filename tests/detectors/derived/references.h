// References with derived columns, for the tests of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "detectors/binning.h"
#include "detectors/derived/row_codes.h"
#include "detectors/derived/row_deriver.h"
#include "tests/detectors/tables.h"

namespace driftd::detectors::derived::testing {

inline Options all_options() {
  return {.pairs = 64, .projections = 16, .components = std::nullopt, .missing_pattern = true, .seed = 1};
}

// Row i at 10 i seconds; NaN is null.
inline Table timed_table(const std::vector<std::pair<std::string, std::vector<double>>>& columns) {
  std::vector<std::pair<std::string, std::vector<Value>>> values;
  for (const auto& [name, numbers] : columns) {
    auto& made = values.emplace_back(name, std::vector<Value>{}).second;
    for (const double one : numbers) made.push_back(one == one ? number(one) : null_value());
  }
  Table table = table_with(std::move(values));
  for (std::size_t i = 0; i < table.times.size(); ++i) table.times[i] = static_cast<Time>(i) * 10 * kSecond;
  return table;
}

inline Profile reference_of(const Table& table, const Options& options) {
  ProfileOptions wish;
  wish.derived = options;
  return build_profile(table, wish).value();
}

// The cells of a row's features, as the profile bins them.
inline std::vector<std::uint8_t> cells_of(const Binner& binner, const Table& table, std::size_t row) {
  std::vector<std::uint8_t> cells;
  for (std::uint32_t i = 0; i < binner.columns(); ++i)
    cells.push_back(binner.cell_of(i, table.features[i].value(row)).cell);
  return cells;
}

}  // namespace driftd::detectors::derived::testing
