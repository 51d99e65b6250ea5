// What a column of a data set holds, and the bins that a reference gives it (DESIGN 7.6, STATISTICS 2,
// data/MANIFEST.md). The steps of build_profile() that concern one column. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/event.h"
#include "detectors/profile.h"

namespace driftd::detectors {

// The values of a column by row. Views must stay good as long as the source.
struct ColumnSource {
  std::string name;
  Role role = Role::feature;
  std::function<Value(std::size_t row)> value;
};

// The rows of a side of the reference, and those of them that give the edges (both rising).
struct ReferenceRows {
  std::span<const std::uint32_t> all;
  std::span<const std::uint32_t> edges;
};

// Bins, and moments of a numeric column; `reference` and what is derived stay empty. A feature of which no
// type is told and of whose values 95 % are arrays of so many numbers is an embedding.
ColumnProfile column_profile(const ColumnSource& source, const ReferenceRows& rows, std::uint32_t bins,
                             std::optional<ColumnType> type);

// STATISTICS 2, of sorted values that are not empty; edges lie in [minimum, maximum).
std::vector<double> evidence_edges(std::span<const double> sorted, double minimum, double maximum);

}  // namespace driftd::detectors
