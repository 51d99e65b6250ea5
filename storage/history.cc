#include "storage/history.h"

#include <limits>

#include "storage/keys.h"

namespace driftd::storage {
namespace {

constexpr std::int64_t kFirstSlot = std::numeric_limits<std::int64_t>::min();

std::string group_prefix(const HistoryKey& key) {
  return Key(Table::history).u32(key.series).u8(static_cast<std::uint8_t>(key.kind)).u32(key.segment).bytes();
}
std::string series_prefix(std::uint32_t series) { return Key(Table::history).u32(series).bytes(); }

}  // namespace

std::string to_bytes(const HistoryKey& key) {
  return Key(Table::history)
      .u32(key.series)
      .u8(static_cast<std::uint8_t>(key.kind))
      .u32(key.segment)
      .i64(key.slot)
      .bytes();
}

std::optional<HistoryKey> parse_history_key(std::string_view bytes) {
  KeyReader in(Table::history, bytes);
  HistoryKey key;
  key.series = in.u32();
  const std::uint8_t kind = in.u8();
  key.segment = in.u32();
  key.slot = in.i64();
  if (!in.ok() || !in.tail().empty() || kind > static_cast<std::uint8_t>(HistoryKind::score))
    return std::nullopt;
  key.kind = static_cast<HistoryKind>(kind);
  return key;
}

Status for_each_slot(const Store& store, const HistoryKey& first, std::int64_t end,
                     const std::function<bool(std::int64_t, std::string_view)>& visit) {
  HistoryKey last = first;
  last.slot = end;
  if (end <= first.slot) return success();
  return store.for_each_between(to_bytes(first), to_bytes(last),
                                [&](std::string_view bytes, std::string_view value) {
                                  const std::optional<HistoryKey> key = parse_history_key(bytes);
                                  return !key.has_value() || visit(key->slot, value);
                                });
}

Status forget_slots_before(const Store& store, std::uint32_t series, std::int64_t before, WriteBatch& batch) {
  const std::string end = end_of_prefix(series_prefix(series));
  std::string at = series_prefix(series);
  while (true) {  // from the first key of one (kind, segment) to the first of the next
    std::optional<HistoryKey> found;
    Status read = store.for_each_between(at, end, [&](std::string_view bytes, std::string_view) {
      found = parse_history_key(bytes);
      return false;
    });
    if (!read) return read;
    if (!found.has_value()) return success();
    if (found->slot < before) {
      HistoryKey first = *found;
      first.slot = kFirstSlot;
      HistoryKey last = *found;
      last.slot = before;
      batch.erase_range(to_bytes(first), to_bytes(last));
    }
    at = end_of_prefix(group_prefix(*found));
    if (at >= end) return success();
  }
}

void forget_series(std::uint32_t series, WriteBatch& batch) {
  const std::string prefix = series_prefix(series);
  batch.erase_range(prefix, end_of_prefix(prefix));
}

}  // namespace driftd::storage
