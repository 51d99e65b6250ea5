#include "app/pipeline/state_keys.h"

#include <algorithm>
#include <charconv>

#include "app/pipeline/key_words.h"
#include "storage/keys.h"

namespace driftd::app {

namespace {

constexpr std::size_t kSlotDigits = 20;

}  // namespace

std::string block_key(std::uint32_t series, const char* part, std::int64_t slot) {
  const std::string digits = std::to_string(static_cast<std::uint64_t>(slot) ^ (1ULL << 63));
  return storage::state_key(series, part + std::string(kSlotDigits - digits.size(), '0') + digits);
}

std::string block_prefix(std::uint32_t series, const char* part) {
  const std::string first = block_key(series, part, 0);
  return first.substr(0, first.find(part) + std::string_view(part).size());
}

std::int64_t block_slot(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + std::min(digits.size(), kSlotDigits), value);
  return static_cast<std::int64_t>(value ^ (1ULL << 63));
}

Error damaged(const storage::Store& store, std::string_view key, const Error& fault) {
  const std::string where = store.path() + ": " + key_in_words(key);
  if (fault.code != ErrorCode::corrupt) return {fault.code, where + " cannot be taken up: " + fault.message};
  return {fault.code, where + " is damaged (" + fault.message + "); `driftd doctor --store " + store.path() +
                          "` says what is lost and mends it; or restore a backup"};
}

Result<std::vector<StoredVersion>> stored_versions(const storage::Store& store) {
  std::vector<StoredVersion> found;
  Status fault = success();
  const Status listed = store.for_each(
      storage::Key(storage::Table::registry), [&](std::string_view key, std::string_view value) {
        const auto unsealed = unseal("registry", kStateFormat, value);
        if (!unsealed.ok()) fault = damaged(store, key, unsealed.error());
        // Every other table goes by this number.
        if (fault.ok() && storage::parse_registry_key(key) != found.size())
          fault = damaged(store, key, {ErrorCode::corrupt, "one before it is missing"});
        if (!fault.ok()) return false;
        Decoder in(unsealed->payload);
        StoredVersion& one = found.emplace_back();
        one.model = in.get_text();
        one.version = in.get_text();
        return true;
      });
  if (!listed.ok()) return listed.error();
  if (!fault.ok()) return fault.error();
  return found;
}

}  // namespace driftd::app
