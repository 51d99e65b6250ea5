// Where bytes outlive the process: an ordered map of keys to values with atomic, durable writes.
//
// Storage knows keys and bytes, never what they mean: callers seal their values (core/codec.h) and
// hand in how two values of `add_counts` are added. storage/keys.h lays out the keys,
// storage/FORMAT.md the bytes. The engine is RocksDB; only this room's .cc files see it.
//
// Guarantees
//   * A WriteBatch is applied whole or not at all, whatever happens to the process or the machine.
//     When `write` returns success it is on the disk (fsync); a temporary store promises only the first.
//   * One process at a time: `open` takes an exclusive lock and says so where another holds it.
//   * A failed `write` (disk full) changes nothing; a later one succeeds when the reason is gone. Where the
//     disk refused what it had to keep (a sync, a file system that became read-only) is_lost() is true: what
//     failed may be there or not, no further write succeeds, and only opening the store again tells.
//   * A flipped or missing byte is found when it is read, at the latest, and is named with its file: files
//   and
//     log carry checksums, and none is skipped. What a crash tore off the end of the log is no damage.
// Threads: all const members and `write` may be called from any thread at any time; a reader sees the
// store as it was when its call began. Errors name the path and the remedy:
//   unavailable  the lock is held by another process         refused  written by a newer driftd, or foreign
//   io           disk full, read-only, permission, hardware  corrupt  checksums do not fit
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace driftd::storage {

// The version of the layout in FORMAT.md. A store of a newer one is refused.
inline constexpr std::uint64_t kStoreFormat = 1;

// The sum of two values of `add_counts`; must be associative, and pure (it runs on the engine's own
// threads, at reads and when files are merged). An exception counts as corruption of that key.
using Add = std::string (*)(std::string_view existing, std::string_view added);

struct StoreOptions {
  Add add = nullptr;       // required where add_counts is used
  std::string written_by;  // for people: "driftd 0.1.0 (abc123)"
  // Where the log is damaged, go back to the last checkpoint before; do without an identity. For who mends.
  bool past_damage = false;
};

// Changes in their order; later ones win. A value; owned by one thread.
class WriteBatch {
 public:
  WriteBatch();
  ~WriteBatch();
  WriteBatch(WriteBatch&&) noexcept;
  WriteBatch& operator=(WriteBatch&&) noexcept;

  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);
  void erase_range(std::string_view first, std::string_view end);  // [first, end)
  void add_counts(std::string_view key, std::string_view added);   // the first one is the value itself
  void clear();

  // For who keeps a batch that could not be written and goes on adding to it.
  void mark();            // remembers what is there
  void return_to_mark();  // takes away what came since; the mark is used up
  void compact();         // does the same to the store in as few changes: the last of each key. Forgets marks

  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  friend class Store;
  struct Changes;
  std::unique_ptr<Changes> changes_;
};

class Store {
 public:
  // Creates the directory where it is absent. The lock is held until the Store is destroyed.
  static Result<Store> open(const std::string& path, const StoreOptions& options);
  // A store that is there, as it is now, also while another process writes to it: no lock, nothing is
  // changed, write() fails. `not_found` where there is none. What the other process does away with meanwhile
  // can no longer be read (`io`, `corrupt`): open it again.
  static Result<Store> open_to_read(const std::string& path, const StoreOptions& options);
  // A new store in a directory of its own under $TMPDIR (else /tmp), removed when it is destroyed.
  static Result<Store> open_temporary(const StoreOptions& options);

  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  // Calls `visit` in byte order of the keys until it returns false. The views end with the call.
  using Visit = std::function<bool(std::string_view key, std::string_view value)>;

  [[nodiscard]] Result<std::optional<std::string>> get(std::string_view key) const;
  [[nodiscard]] Status for_each(std::string_view prefix, const Visit& visit) const;
  [[nodiscard]] Status for_each_between(std::string_view first, std::string_view end,
                                        const Visit& visit) const;
  // The same from the last to the first.
  [[nodiscard]] Status for_each_back(std::string_view first, std::string_view end, const Visit& visit) const;
  [[nodiscard]] Status write(const WriteBatch& batch);
  [[nodiscard]] bool is_lost() const;

  [[nodiscard]] const std::string& path() const;

  // The tables that the engine keeps in files of their own; for who looks for damage (storage/salvage.h).
  struct TableFile {
    std::string path;
    std::string first, last;  // keys
  };
  [[nodiscard]] std::vector<TableFile> table_files() const;
  // Reads every byte of one; a fault names it.
  [[nodiscard]] Status check_file(const TableFile& file) const;
  // Makes new files of all that is in [first, end), so that what was erased there frees the disk.
  Status compact(std::string_view first, std::string_view end);

 private:
  struct Engine;
  explicit Store(std::unique_ptr<Engine> engine);
  static Result<Store> open_engine(const std::string& path, const StoreOptions& options, bool temporary);
  std::unique_ptr<Engine> engine_;
};

}  // namespace driftd::storage
