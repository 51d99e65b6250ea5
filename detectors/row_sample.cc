#include "detectors/row_sample.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/hash.h"
#include "detectors/profile.h"

namespace driftd::detectors {

std::uint64_t sampling_hash(const Table& table, std::uint32_t row) {
  if (!table.ids[row].empty()) return hash64(table.ids[row]);
  auto sum = static_cast<std::uint64_t>(table.times[row]);
  for (const TableColumn& column : table.features) {
    const Value value = column.value(row);
    if (value.kind == Value::Kind::absent) continue;
    const std::uint64_t seed = hash64(column.name(), static_cast<std::uint64_t>(value.kind));
    sum += value.kind == Value::Kind::number ? hash64(value.number, seed) : hash64(value.text, seed);
  }
  return hash64(std::string_view(reinterpret_cast<const char*>(&sum), sizeof sum));
}

RowIndexes rows_by_hash(const Table& table, const RowIndexes& rows, std::size_t most) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> hashed;
  hashed.reserve(rows.size());
  for (const std::uint32_t row : rows) hashed.emplace_back(sampling_hash(table, row), row);
  const auto by_content = [&table](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    const auto key = [&table](std::uint32_t row) {
      return std::pair(table.times[row], table.hashes.empty() ? 0 : table.hashes[row]);
    };
    return key(a.second) < key(b.second);
  };
  if (most < hashed.size()) {
    std::nth_element(hashed.begin(), hashed.begin() + static_cast<std::ptrdiff_t>(most), hashed.end(),
                     by_content);
    hashed.resize(most);
  }
  std::sort(hashed.begin(), hashed.end(), by_content);
  RowIndexes kept;
  for (const auto& [hash, row] : hashed) kept.push_back(row);
  return kept;
}

RowIndexes edge_rows(const Table& table, const RowIndexes& rows) {
  return rows.size() <= kMostEdgeRows ? rows : rows_by_hash(table, rows, kMostEdgeRows);
}

std::optional<std::int64_t> block_of(const Table& table, std::uint32_t row) {
  const Time time = table.times[row];
  return time == kNoTime ? std::optional<std::int64_t>() : slot_of(time, kProfileBlock);
}

}  // namespace driftd::detectors
