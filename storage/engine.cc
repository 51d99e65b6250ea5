#include "storage/engine.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "storage/file_list.h"

namespace driftd::storage {
namespace {

class AddOperator : public rocksdb::AssociativeMergeOperator {
 public:
  explicit AddOperator(Add add) : add_(add) {}

  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* sum, rocksdb::Logger* /*log*/) const override {
    if (existing == nullptr) {
      sum->assign(value.data(), value.size());
      return true;
    }
    try {
      *sum = add_({existing->data(), existing->size()}, {value.data(), value.size()});
      return true;
    } catch (const std::exception&) {
      return false;  // the engine reports the key as corrupt
    }
  }
  [[nodiscard]] const char* Name() const override { return "driftd.add_counts"; }

 private:
  Add add_;
};

// The engine would try to go on by itself every few seconds, and meanwhile refuse our own attempts.
class NoRecoveryBehindOurBack : public rocksdb::EventListener {
 public:
  explicit NoRecoveryBehindOurBack(std::shared_ptr<std::atomic<bool>> lost) : lost_(std::move(lost)) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* fault) override {
    if (fault->severity() > rocksdb::Status::Severity::kHardError) *lost_ = true;
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*fault*/,
                            bool* by_itself) override {
    *by_itself = false;
  }

 private:
  std::shared_ptr<std::atomic<bool>> lost_;
};

class NotesFiles : public rocksdb::EventListener {
 public:
  explicit NotesFiles(std::string path) : path_(std::move(path)) {}

  void OnFlushCompleted(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*job*/) override { note(); }
  void OnCompactionCompleted(rocksdb::DB* /*db*/, const rocksdb::CompactionJobInfo& /*job*/) override {
    note();
  }

 private:
  void note() {
    const std::lock_guard lock(mutex_);
    note_file_list(path_);
  }
  std::mutex mutex_;
  const std::string path_;
};

// What matters is in our own log. The engine's, a file in the store, ends the process where the disk is full
// (an assertion of 7.8), and a reader would leave one in a store that another process writes.
class NoLog : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

// The first of these that the library was built with.
rocksdb::CompressionType best_of(std::initializer_list<rocksdb::CompressionType> wished) {
  const std::vector<rocksdb::CompressionType> known = rocksdb::GetSupportedCompressions();
  for (const rocksdb::CompressionType type : wished) {
    if (std::find(known.begin(), known.end(), type) != known.end()) return type;
  }
  return rocksdb::kNoCompression;
}

rocksdb::Options engine_options(const StoreOptions& wanted, const std::shared_ptr<std::atomic<bool>>& lost) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // After a crash all up to the torn tail; check_log() has told that from damage.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;  // a log that is gone is missed
  if (wanted.add != nullptr) options.merge_operator = std::make_shared<AddOperator>(wanted.add);
  options.compression = best_of({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
  options.bottommost_compression = best_of({rocksdb::kZSTD, options.compression});
  // A checkpoint is one batch of some megabytes every few seconds: two buffers of this size suffice.
  options.write_buffer_size = 32 << 20;
  options.max_total_wal_size = 64 << 20;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.info_log = std::make_shared<NoLog>();
  options.stats_dump_period_sec = 0;
  // What retention erased is only marked so until its file is made anew.
  options.periodic_compaction_seconds = 24 * 60 * 60;
  options.listeners.push_back(std::make_shared<NoRecoveryBehindOurBack>(lost));
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(32 << 20);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

rocksdb::Options reader_options(const StoreOptions& wanted, const std::shared_ptr<std::atomic<bool>>& lost) {
  rocksdb::Options options = engine_options(wanted, lost);
  options.create_if_missing = false;
  // All at once: what its owner removes can be read to the end. Who looks past damage opens what is needed.
  if (!wanted.past_damage) options.max_open_files = -1;
  return options;
}

constexpr int kAttemptsToRead = 200;

bool says(const rocksdb::Status& status, int error) {
  return status.ToString().find(std::strerror(error)) != std::string::npos;
}

}  // namespace

StoreEngine::~StoreEngine() {
  db.reset();
  if (temporary) {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
}

Status StoreEngine::open(const StoreOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return Error{ErrorCode::io, "cannot make the store's directory " + path + ": " + error.message() +
                                    "; make it, or set storage.path to where driftd may write"};
  }
  if (Status whole = check_file_list(path); !whole) return whole;
  if (Status whole = check_log(options); !whole) return whole;
  rocksdb::Options engine = engine_options(options, lost);
  if (!temporary) engine.listeners.push_back(std::make_shared<NotesFiles>(path));
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = guarded([&] { return rocksdb::DB::Open(engine, path, &opened); });
  if (!status.ok()) return explain("open", status);
  db.reset(opened);
  if (!temporary) note_file_list(path);
  return success();
}

Status StoreEngine::check_log(const StoreOptions& options) {
  if (options.past_damage) return success();
  Result<std::optional<LogDamage>> damage = find_log_damage(path);
  while (damage.ok() && damage->has_value() && passes_over(**damage, options))
    damage = find_log_damage(path, std::string((*damage)->file));
  if (!damage) return damage.error();
  if (!damage->has_value()) return success();
  const LogDamage& found = **damage;
  return Error{ErrorCode::corrupt, "the log " + path + "/" + found.file + " is damaged at byte " +
                                       std::to_string(found.offset) +
                                       ", and checkpoints follow that are whole; `driftd doctor --store " +
                                       path + "` says what is lost, with --mend it goes back to the last " +
                                       "checkpoint before; or restore a backup"};
}

// A log whose content is in a table stays for a while. Killed twice, a store has such a one with a torn tail,
// and another in the newest: reading on to what the younger logs begin with says that the engine passes it
// over.
bool StoreEngine::passes_over(const LogDamage& damage, const StoreOptions& options) {
  if (damage.newest) return false;
  rocksdb::Options reading = reader_options(options, lost);
  if (!damage.next_change) reading.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      guarded([&] { return rocksdb::DB::OpenForReadOnly(reading, path, &opened); });
  const std::unique_ptr<rocksdb::DB> closed(opened);
  return status.ok() && (!damage.next_change || opened->GetLatestSequenceNumber() >= *damage.next_change);
}

Status StoreEngine::open_to_read(const StoreOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(path) / "CURRENT", error)) {
    return Error{ErrorCode::not_found, "there is no store in " + path};
  }
  Status done = success();
  for (int attempt = 0; attempt < kAttemptsToRead; ++attempt) {
    // While its owner puts away a log that it has made a table of, a reader may find neither. The list of
    // files says so.
    const FileList before = file_list(path);
    done = open_once_to_read(options);
    const bool still = file_list(path) == before;
    if (still && (done || attempt > 3)) return done;
    db.reset();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (done)
    return Error{ErrorCode::unavailable, "the store " + path + " changes too fast to be read; try again"};
  return done;
}

Status StoreEngine::open_once_to_read(const StoreOptions& options) {
  if (Status whole = check_file_list(path); !whole) return whole;
  if (Status whole = check_log(options); !whole) return whole;
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status =
      guarded([&] { return rocksdb::DB::OpenForReadOnly(reader_options(options, lost), path, &opened); });
  if (!status.ok()) return explain("read", status);
  db.reset(opened);
  return success();
}

Status StoreEngine::repair(const StoreOptions& options) {
  const rocksdb::Status status =
      guarded([&] { return rocksdb::RepairDB(path, engine_options(options, lost)); });
  if (!status.ok()) return explain("repair", status);
  return success();
}

rocksdb::WriteOptions StoreEngine::write_options() const {
  rocksdb::WriteOptions options;
  options.sync = !temporary;
  options.disableWAL = temporary;  // nothing reads it after this process
  return options;
}

rocksdb::Status StoreEngine::mend() {
  if (!broken) return rocksdb::Status::OK();
  rocksdb::Status status = db->Resume();
  if (status.ok()) broken = false;
  if (status.severity() > rocksdb::Status::Severity::kHardError) *lost = true;
  return status;
}

Error StoreEngine::explain(const char* what, const rocksdb::Status& status) {
  if (std::strcmp(what, "write") == 0) broken = true;
  const std::string text = status.ToString();
  const std::string head = std::string("cannot ") + what + " the store " + path + ": ";
  if (text.find("lock") != std::string::npos && (says(status, EAGAIN) || says(status, EACCES) ||
                                                 text.find("lock hold by current process") != text.npos)) {
    return {ErrorCode::unavailable,
            head + "another driftd holds it; stop that one, or set another storage.path"};
  }
  if (status.IsNoSpace() || says(status, ENOSPC) || says(status, EDQUOT)) {
    return {ErrorCode::io, head + "the disk is full; free space there and driftd goes on"};
  }
  if (says(status, EROFS)) {
    return {ErrorCode::io,
            head + "the file system is read-only; mount it writable, or set another storage.path"};
  }
  if (says(status, EACCES) || says(status, EPERM)) {
    return {ErrorCode::io, head + "permission denied; give driftd's user the directory and all files in it"};
  }
  if (status.IsCorruption()) {
    return {ErrorCode::corrupt, head + text + "; `driftd doctor --store " + path +
                                    "` says what is lost and mends it; or restore a backup"};
  }
  return {ErrorCode::io, head + text};
}

Result<std::string> make_temporary_directory() {
  const char* base = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  std::string path = std::string(base != nullptr && *base != '\0' ? base : "/tmp") + "/driftd-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) {
    return Error{ErrorCode::io, "cannot make a temporary store " + path + ": " + std::strerror(errno) +
                                    "; set TMPDIR to where driftd may write"};
  }
  return path;
}

}  // namespace driftd::storage
