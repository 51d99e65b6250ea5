#include "storage/engine.h"

#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <utility>
#include <vector>

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
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*fault*/,
                            bool* by_itself) override {
    *by_itself = false;
  }
};

// A reader leaves no file in a store that another process writes.
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

rocksdb::Options engine_options(const StoreOptions& wanted) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.paranoid_checks = true;
  if (wanted.add != nullptr) options.merge_operator = std::make_shared<AddOperator>(wanted.add);
  options.compression = best_of({rocksdb::kLZ4Compression, rocksdb::kSnappyCompression});
  options.bottommost_compression = best_of({rocksdb::kZSTD, options.compression});
  // A checkpoint is one batch of some megabytes every few seconds: two buffers of this size suffice.
  options.write_buffer_size = 32 << 20;
  options.max_total_wal_size = 64 << 20;
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 1 << 20;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.listeners.push_back(std::make_shared<NoRecoveryBehindOurBack>());
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(32 << 20);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

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
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(engine_options(options), path, &opened);
  if (!status.ok()) return explain("open", status);
  db.reset(opened);
  return success();
}

Status StoreEngine::open_to_read(const StoreOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::path(path) / "CURRENT", error)) {
    return Error{ErrorCode::not_found, "there is no store in " + path};
  }
  rocksdb::Options engine = engine_options(options);
  engine.create_if_missing = false;
  engine.info_log = std::make_shared<NoLog>();
  rocksdb::DB* opened = nullptr;
  const rocksdb::Status status = rocksdb::DB::OpenForReadOnly(engine, path, &opened);
  if (!status.ok()) return explain("read", status);
  db.reset(opened);
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
    return {ErrorCode::corrupt, head + text + "; restore a copy, or move the directory away to begin anew"};
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
