#include "storage/store.h"

#include <rocksdb/db.h>
#include <rocksdb/sst_file_reader.h>

#include <utility>

#include "storage/engine.h"
#include "storage/keys.h"

namespace driftd::storage {
namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

// `upper` must outlive what is read; empty: to the end.
rocksdb::ReadOptions scan_options(const rocksdb::Slice& upper) {
  rocksdb::ReadOptions options;
  if (!upper.empty()) options.iterate_upper_bound = &upper;
  options.fill_cache = false;  // scans are long and rare; points are what the cache is for
  return options;
}

}  // namespace

struct Store::Engine : StoreEngine {
  using StoreEngine::StoreEngine;
};

Store::Store(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

Result<Store> Store::open_engine(const std::string& path, const StoreOptions& options, bool temporary) {
  auto engine = std::make_unique<Engine>(path, temporary);
  if (Status opened = engine->open(options); !opened) return opened.error();
  Store store(std::move(engine));
  if (Status identified = identify(store, options.written_by); !identified) return identified.error();
  return store;
}

Result<Store> Store::open(const std::string& path, const StoreOptions& options) {
  return open_engine(path, options, false);
}

Result<Store> Store::open_to_read(const std::string& path, const StoreOptions& options) {
  auto engine = std::make_unique<Engine>(path, false);
  if (Status opened = engine->open_to_read(options); !opened) return opened.error();
  Store store(std::move(engine));
  Status known = check_identity(store);
  const bool passable = options.past_damage && !known && known.error().code == ErrorCode::corrupt;
  if (!known && !passable) return known.error();
  return store;
}

Result<Store> Store::open_temporary(const StoreOptions& options) {
  Result<std::string> path = make_temporary_directory();
  if (!path) return path.error();
  return open_engine(*path, options, true);
}

const std::string& Store::path() const { return engine_->path; }

Result<std::optional<std::string>> Store::get(std::string_view key) const {
  std::string value;
  const rocksdb::Status status =
      engine_->guarded([&] { return engine_->db->Get(rocksdb::ReadOptions(), slice(key), &value); });
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return engine_->explain("read", status);
  return std::optional<std::string>(std::move(value));
}

Status Store::for_each(std::string_view prefix, const Visit& visit) const {
  return for_each_between(prefix, end_of_prefix(prefix), visit);
}

Status Store::for_each_between(std::string_view first, std::string_view end, const Visit& visit) const {
  const rocksdb::Slice upper = slice(end);
  const rocksdb::Status status = engine_->guarded([&] {
    const std::unique_ptr<rocksdb::Iterator> at(engine_->db->NewIterator(scan_options(upper)));
    for (at->Seek(slice(first)); at->Valid(); at->Next()) {
      if (!visit(view(at->key()), view(at->value()))) break;
    }
    return at->status();
  });
  if (!status.ok()) return engine_->explain("read", status);
  return success();
}

Status Store::for_each_back(std::string_view first, std::string_view end, const Visit& visit) const {
  const rocksdb::Slice upper = slice(end);
  const rocksdb::Status status = engine_->guarded([&] {
    const std::unique_ptr<rocksdb::Iterator> at(engine_->db->NewIterator(scan_options(upper)));
    for (at->SeekToLast(); at->Valid() && view(at->key()) >= first; at->Prev()) {
      if (!visit(view(at->key()), view(at->value()))) break;
    }
    return at->status();
  });
  if (!status.ok()) return engine_->explain("read", status);
  return success();
}

Status Store::write(const WriteBatch& batch) {
  rocksdb::Status status = engine_->mend();
  if (status.ok()) {
    status = engine_->db->Write(engine_->write_options(), &batch.changes_->batch);
  }
  if (!status.ok()) return engine_->explain("write", status);
  return success();
}

bool Store::is_lost() const { return *engine_->lost; }

std::vector<Store::TableFile> Store::table_files() const {
  std::vector<rocksdb::LiveFileMetaData> known;
  engine_->db->GetLiveFilesMetaData(&known);
  std::vector<TableFile> files;
  for (const rocksdb::LiveFileMetaData& one : known)
    files.push_back({engine_->path + "/" + one.relative_filename, one.smallestkey, one.largestkey});
  return files;
}

Status Store::check_file(const TableFile& file) const {
  const rocksdb::Status status = engine_->guarded([&] {
    rocksdb::SstFileReader reader(engine_->db->GetOptions());
    rocksdb::Status opened = reader.Open(file.path);
    return opened.ok() ? reader.VerifyChecksum() : opened;
  });
  if (status.ok()) return success();
  return Error{ErrorCode::corrupt, "the file " + file.path + " is damaged: " + status.ToString()};
}

Status Store::compact(std::string_view first, std::string_view end) {
  const rocksdb::Slice from = slice(first);
  const rocksdb::Slice to = slice(end);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Status status = engine_->db->CompactRange(options, &from, &to);
  if (!status.ok()) return engine_->explain("compact", status);
  return success();
}

}  // namespace driftd::storage
