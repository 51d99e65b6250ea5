#include "storage/salvage.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "storage/engine.h"
#include "storage/keys.h"

namespace driftd::storage {
namespace {

constexpr std::size_t kBatchBytes = 4 << 20;
constexpr std::string_view kTables = "hijlmoqrs";

// Where to try again behind something that cannot be read: in byte order, each once, the first empty.
std::vector<std::string> seams_of(const Store& store, const std::vector<std::string>& more) {
  std::vector<std::string> seams = {""};
  for (const char table : kTables) seams.emplace_back(1, table);
  for (const Store::TableFile& file : store.table_files()) {
    seams.push_back(file.first);
    seams.push_back(file.last + '\0');
  }
  seams.insert(seams.end(), more.begin(), more.end());
  std::sort(seams.begin(), seams.end());
  seams.erase(std::unique(seams.begin(), seams.end()), seams.end());
  return seams;
}

// Hands over all of [first, end) up to what cannot be read, which is what lies between the last key before it
// and the first one behind it.
std::optional<LostKeys> read_stretch(const Store& store, const std::string& first, const std::string& end,
                                     const Store::Visit& visit) {
  std::string next = first;  // behind the last key that was read
  const Status there = store.for_each_between(first, end, [&](std::string_view key, std::string_view value) {
    next.assign(key).push_back('\0');
    return visit(key, value);
  });
  if (there) return std::nullopt;
  std::string behind = end;  // the first key that can be read from the end
  (void)store.for_each_back(next, end, [&](std::string_view key, std::string_view) {
    behind.assign(key);
    return true;
  });
  LostKeys lost{next, behind, there.error().message};
  if (behind != end) (void)store.for_each_between(behind, end, visit);
  return lost;
}

}  // namespace

std::vector<LostKeys> for_each_readable(const Store& store, const std::vector<std::string>& seams,
                                        const Store::Visit& visit) {
  std::vector<LostKeys> lost;
  const std::vector<std::string> starts = seams_of(store, seams);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::string end = i + 1 < starts.size() ? starts[i + 1] : std::string();
    auto gap = read_stretch(store, starts[i], end, visit);
    if (!gap) continue;
    if (!lost.empty() && lost.back().end == gap->first)
      lost.back().end = gap->end;
    else
      lost.push_back(std::move(*gap));
  }
  return lost;
}

Status write_new_store(const std::string& path, const StoreOptions& options,
                       const std::function<Status(const Put&)>& source) {
  std::error_code error;
  if (std::filesystem::exists(path, error) && !std::filesystem::is_empty(path, error))
    return Error{ErrorCode::refused, path + " is there already; name a directory that is not"};
  const auto fill = [&]() -> Status {
    Result<Store> store = Store::open(path, options);
    if (!store) return store.error();
    WriteBatch batch;
    const Put put = [&](std::string_view key, std::string_view value) -> Status {
      batch.put(key, value);
      if (batch.bytes() < kBatchBytes) return success();
      Status written = store->write(batch);
      batch.clear();
      return written;
    };
    if (Status done = source(put); !done) return done;
    return store->write(batch);
  };
  Status done = fill();
  if (!done) std::filesystem::remove_all(path, error);
  return done;
}

struct StoreLock::Held {
  std::string name;
  rocksdb::FileLock* lock = nullptr;
  ~Held() {
    if (lock != nullptr) (void)rocksdb::Env::Default()->UnlockFile(lock);
  }
};

StoreLock::StoreLock(std::unique_ptr<Held> held) : held_(std::move(held)) {}
StoreLock::~StoreLock() = default;
StoreLock::StoreLock(StoreLock&&) noexcept = default;

Result<StoreLock> StoreLock::take(const std::string& path) {
  auto held = std::make_unique<Held>();
  held->name = path + "/LOCK";
  const rocksdb::Status status = rocksdb::Env::Default()->LockFile(held->name, &held->lock);
  if (!status.ok()) return StoreEngine(path, false).explain("lock", status);
  return StoreLock(std::move(held));
}

Status rebuild_list_of_files(const std::string& path, const StoreOptions& options) {
  StoreEngine engine(path, false);
  return engine.repair(options);
}

}  // namespace driftd::storage
