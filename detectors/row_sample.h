// Which rows of a reference stand for it: a sample by content, so that it does not matter in which order rows
// come. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "detectors/table.h"

namespace driftd::detectors {

using RowIndexes = std::vector<std::uint32_t>;

// Of the id, else of time and features; whatever the order of the features.
std::uint64_t sampling_hash(const Table& table, std::uint32_t row);
// Those with the smallest hashes, at most `most`, in the order of the hashes, then of their content.
RowIndexes rows_by_hash(const Table& table, const RowIndexes& rows, std::size_t most);
// The rows whose values give the edges: all, or the kMostEdgeRows with the smallest hashes.
RowIndexes edge_rows(const Table& table, const RowIndexes& rows);
// The five minutes that a row is from; empty where it has no time.
std::optional<std::int64_t> block_of(const Table& table, std::uint32_t row);

}  // namespace driftd::detectors
