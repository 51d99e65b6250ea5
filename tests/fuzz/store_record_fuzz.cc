// Any bytes as a key or a record of the store: refused, or made of just what they are read as.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/codec.h"
#include "storage/history.h"
#include "storage/keys.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace driftd::storage;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto key = parse_partition_key(Table::offsets, bytes)) {
    require(offset_key(key->topic, key->partition) == bytes);
  }
  if (const auto key = parse_partition_key(Table::lanes, bytes)) {
    require(lane_key(key->topic, key->partition) == bytes);
  }
  if (const auto series = parse_registry_key(bytes)) require(registry_key(*series) == bytes);
  if (const auto key = parse_join_key(bytes)) require(join_key(key->shard, key->record) == bytes);
  if (const auto key = parse_history_key(bytes)) require(to_bytes(*key) == bytes);
  if (const std::string end = end_of_prefix(bytes); !end.empty()) require(end > bytes);
  if (const auto record = driftd::unseal("store", kStoreFormat, bytes)) {
    require(driftd::seal("store", record->version, record->payload) == bytes);
  }
  return 0;
}
