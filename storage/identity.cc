// What a store is: the format of its layout and which driftd wrote it last.
#include <limits>
#include <string>

#include "core/codec.h"
#include "storage/engine.h"
#include "storage/keys.h"

namespace driftd::storage {
namespace {

constexpr std::string_view kKind = "store";

Status refuse_newer(const Store& store, std::string_view sealed) {
  const Result<Unsealed> record = unseal(kKind, std::numeric_limits<std::uint64_t>::max(), sealed);
  if (!record) {
    return Error{ErrorCode::corrupt,
                 "the identity record of the store " + store.path() +
                     " is damaged; restore a copy, or move the directory away to begin anew"};
  }
  if (record->version <= kStoreFormat) return success();
  Decoder in(record->payload);
  const std::string writer(in.get_text());
  return Error{ErrorCode::refused, "the store " + store.path() + " has format " +
                                       std::to_string(record->version) + ", written by " +
                                       (writer.empty() ? "a newer driftd" : writer) +
                                       "; this driftd reads up to format " + std::to_string(kStoreFormat) +
                                       ": use that one, or set another storage.path"};
}

Result<bool> is_empty(const Store& store) {
  bool empty = true;
  Status read = store.for_each("", [&](std::string_view, std::string_view) { return empty = false; });
  if (!read) return read.error();
  return empty;
}

}  // namespace

Status check_identity(const Store& store) {
  const Result<std::optional<std::string>> known = store.get(meta_key("store"));
  if (!known) return known.error();
  if (known->has_value()) return refuse_newer(store, **known);
  return Error{ErrorCode::refused, "the directory " + store.path() + " holds no store of driftd"};
}

Status identify(Store& store, const std::string& written_by) {
  const std::string key = meta_key("store");
  const Result<std::optional<std::string>> known = store.get(key);
  if (!known) return known.error();
  if (known->has_value()) {
    if (Status fits = refuse_newer(store, **known); !fits) return fits;
  } else {
    const Result<bool> empty = is_empty(store);
    if (!empty) return empty.error();
    if (!*empty) {
      return Error{ErrorCode::refused,
                   "the directory " + store.path() +
                       " holds a database that is not driftd's; set another storage.path"};
    }
  }
  Encoder writer;
  writer.put_text(written_by);
  const std::string record = seal(kKind, kStoreFormat, writer.bytes());
  if (known->has_value() && **known == record) return success();
  WriteBatch batch;
  batch.put(key, record);
  return store.write(batch);
}

}  // namespace driftd::storage
