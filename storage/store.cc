#include "storage/store.h"

#include <rocksdb/db.h>

#include <utility>

#include "storage/engine.h"
#include "storage/keys.h"

namespace driftd::storage {
namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

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
  if (Status known = check_identity(store); !known) return known.error();
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
  const rocksdb::Status status = engine_->db->Get(rocksdb::ReadOptions(), slice(key), &value);
  if (status.IsNotFound()) return std::optional<std::string>();
  if (!status.ok()) return engine_->explain("read", status);
  return std::optional<std::string>(std::move(value));
}

Status Store::for_each(std::string_view prefix, const Visit& visit) const {
  return for_each_between(prefix, end_of_prefix(prefix), visit);
}

Status Store::for_each_between(std::string_view first, std::string_view end, const Visit& visit) const {
  rocksdb::ReadOptions options;
  const rocksdb::Slice upper = slice(end);
  if (!end.empty()) options.iterate_upper_bound = &upper;
  options.fill_cache = false;  // scans are long and rare; points are what the cache is for
  const std::unique_ptr<rocksdb::Iterator> at(engine_->db->NewIterator(options));
  for (at->Seek(slice(first)); at->Valid(); at->Next()) {
    if (!visit(view(at->key()), view(at->value()))) break;
  }
  if (!at->status().ok()) return engine_->explain("read", at->status());
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

}  // namespace driftd::storage
