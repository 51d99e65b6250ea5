// What can be had of a store that is damaged, and copies of one that is not.
//
// A value that cannot be read takes its neighbours in the same block of the file with it. What an older file
// holds under the same keys must not take their place: such a stretch of keys is lost as a whole, and is
// told. Functions; any thread. Nothing here changes the store that is read.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/store.h"

namespace driftd::storage {

// No key of [first, end) can be believed.
struct LostKeys {
  std::string first, end;
  std::string reason;  // of the engine; names the file
};

// Visits what can be read, in byte order of the keys, and says what cannot. `seams`: keys at which to try
// again beyond the beginnings of tables and files.
std::vector<LostKeys> for_each_readable(const Store& store, const std::vector<std::string>& seams,
                                        const Store::Visit& visit);

// A new store at `path`, where there must be none, of what `source` hands to the function that it is given,
// synced and whole before this returns. A failed one is taken away again.
using Put = std::function<Status(std::string_view key, std::string_view value)>;
Status write_new_store(const std::string& path, const StoreOptions& options,
                       const std::function<Status(const Put&)>& source);

// The lock that a process holds on the store that it has opened; `unavailable` while another one does.
class StoreLock {
 public:
  static Result<StoreLock> take(const std::string& path);
  ~StoreLock();
  StoreLock(StoreLock&&) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;

 private:
  struct Held;
  explicit StoreLock(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

// Where the engine's list of files is damaged: makes it anew from the files. What cannot be read at all goes
// to `lost/` in the directory. For copies of a store alone.
Status rebuild_list_of_files(const std::string& path, const StoreOptions& options);

}  // namespace driftd::storage
