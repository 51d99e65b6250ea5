// The engine behind storage/store.h: how RocksDB is opened, what its faults mean to the operator, and
// the record that says what a store is. Included by this room's .cc files alone.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <exception>
#include <memory>
#include <string>

#include "core/result.h"
#include "storage/log_check.h"
#include "storage/store.h"

namespace driftd::storage {

struct WriteBatch::Changes {
  rocksdb::WriteBatch batch;
};

struct StoreEngine {
  StoreEngine(std::string where, bool is_temporary) : path(std::move(where)), temporary(is_temporary) {}
  ~StoreEngine();  // a temporary store leaves nothing behind
  StoreEngine(const StoreEngine&) = delete;
  StoreEngine& operator=(const StoreEngine&) = delete;

  Status open(const StoreOptions& options);
  Status open_to_read(const StoreOptions& options);
  Status open_once_to_read(const StoreOptions& options);
  // Refuses a log that is damaged in its midst (storage/log_check.h).
  Status check_log(const StoreOptions& options);
  bool passes_over(const LogDamage& damage, const StoreOptions& options);
  Status repair(const StoreOptions& options);
  [[nodiscard]] rocksdb::WriteOptions write_options() const;

  // After a failed write the engine refuses all others until told to go on; it is told here, before
  // each write, and answers with the old fault while its reason stays.
  rocksdb::Status mend();

  // What failed, in words for the operator: the path and the remedy. Remembers failed writes.
  Error explain(const char* what, const rocksdb::Status& status);
  // Calls the engine, which may trip over hostile bytes.
  template <class Call>
  rocksdb::Status guarded(Call call) {
    try {
      return call();
    } catch (const std::exception& tripped) {
      return rocksdb::Status::Corruption("reading it failed", tripped.what());
    }
  }

  const std::string path;
  const bool temporary;
  std::atomic<bool> broken{false};
  // No write will ever succeed again in this process: what failed may or may not be on the disk.
  std::shared_ptr<std::atomic<bool>> lost = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<rocksdb::DB> db;
};

Result<std::string> make_temporary_directory();

// Checks the identity record of a store that is read.
Status check_identity(const Store& store);
// Checks the identity record of an opened store, or writes that of a new one.
Status identify(Store& store, const std::string& written_by);

}  // namespace driftd::storage
