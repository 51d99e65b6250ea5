// The history: for every series, kind, segment and slot the counts that the slot holds, kept for
// `storage.retention` of event time and corrected by what came late (WriteBatch::add_counts).
//
// The slot is the last field of the key, so one series over a span of time is one short scan, and
// forgetting its old part one erased range. Values are whatever the caller adds up.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/store.h"

namespace driftd::storage {

enum class HistoryKind : std::uint8_t {
  prediction = 0,  // tallies of features and predictions
  pair = 1,        // performance, filed under the prediction's slot
  score = 2,       // predictions by score, for performance without labels
};

struct HistoryKey {
  std::uint32_t series = 0;  // number of (model, version) in the registry
  HistoryKind kind = HistoryKind::prediction;
  std::uint32_t segment = 0;  // 0: the whole model
  std::int64_t slot = 0;      // may be negative (before 1970)

  friend bool operator==(const HistoryKey&, const HistoryKey&) = default;
};

std::string to_bytes(const HistoryKey& key);
std::optional<HistoryKey> parse_history_key(std::string_view key);

// The slots first <= slot < end, ascending, until `visit` returns false. `first.slot` is the start.
Status for_each_slot(const Store& store, const HistoryKey& first, std::int64_t end,
                     const std::function<bool(std::int64_t slot, std::string_view value)>& visit);

// Adds to `batch` the erasure of every slot before `before` of all (kind, segment) that the series
// has. Reads one key for each of these.
Status forget_slots_before(const Store& store, std::uint32_t series, std::int64_t before, WriteBatch& batch);

// Adds to `batch` the erasure of all that the history holds of the series.
void forget_series(std::uint32_t series, WriteBatch& batch);

}  // namespace driftd::storage
