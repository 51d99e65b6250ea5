// Where the engine's state lies in the store, and how one value of it is read: what the writing of a
// checkpoint (engine_save.cc) and the way back (engine_load.cc) share. storage/FORMAT.md describes the bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "storage/store.h"

namespace driftd::app {

// What is written. Formats from kOldestState on are read; loaders ask the Decoder which one it is.
inline constexpr std::uint64_t kStateFormat = 7;
inline constexpr std::uint64_t kOldestState = 6;  // without protocol of retraining, traffic, comparisons

// Names of single values (storage::meta_key).
inline constexpr const char* kSlotLength = "slot";  // what every stored slot number means

// Rows that a reference is learnt from: one key a slot, which sorts as the slots do.
inline constexpr const char* kRowBlocks = "rows/";
inline constexpr const char* kPairBlocks = "pairs/";
std::string block_key(std::uint32_t series, const char* part, std::int64_t slot);
// All of a series, and what follows it in the key of each.
std::string block_prefix(std::uint32_t series, const char* part);
std::int64_t block_slot(std::string_view digits);

// A version that the store knows; its place in the list is its series.
struct StoredVersion {
  std::string model;
  std::string version;
};
// In the order in which they were first seen.
Result<std::vector<StoredVersion>> stored_versions(const storage::Store& store);

// The fault of one value with its place and the remedy.
Error damaged(const storage::Store& store, std::string_view key, const Error& fault);

// Hands `take` the payload of one sealed value; a key that is not there is no fault.
template <class Take>
Status read_state(const storage::Store& store, const std::string& key, std::string_view kind, Take take) {
  auto stored = store.get(key);
  if (!stored.ok()) return stored.error();
  if (!stored->has_value()) return success();
  auto unsealed = unseal(kind, kStateFormat, **stored);
  if (!unsealed.ok()) return damaged(store, key, unsealed.error());
  if (unsealed->version < kOldestState)
    return Error{ErrorCode::refused, store.path() + ": was written by a driftd that was never released; " +
                                         "begin anew with another storage.path"};
  Decoder in(*unsealed);
  const Status taken = take(in);
  return taken.ok() || taken.error().code != ErrorCode::corrupt ? taken : damaged(store, key, taken.error());
}

}  // namespace driftd::app
