// Changes on their way to the store.
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "storage/engine.h"

namespace driftd::storage {
namespace {

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

// What a batch does to each key, whatever it did to it before. Ranges come first: what was put into one
// before it was erased is gone, and what was put later is not touched by it.
class LastChanges : public rocksdb::WriteBatch::Handler {
 public:
  void Put(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    keys_[key.ToString()] = {true, value.ToString(), {}};
  }
  void Delete(const rocksdb::Slice& key) override { keys_[key.ToString()] = {true, std::nullopt, {}}; }
  void Merge(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    keys_[key.ToString()].added.push_back(value.ToString());
  }
  rocksdb::Status DeleteRangeCF(std::uint32_t, const rocksdb::Slice& first,
                                const rocksdb::Slice& end) override {
    keys_.erase(keys_.lower_bound(first.ToString()), keys_.lower_bound(end.ToString()));
    ranges_.emplace(first.ToString(), end.ToString());
    return rocksdb::Status::OK();
  }

  void write(rocksdb::WriteBatch& batch) const {
    for (const auto& [first, end] : ranges_) (void)batch.DeleteRange(first, end);
    for (const auto& [key, change] : keys_) {
      if (change.settled && change.value) (void)batch.Put(key, *change.value);
      if (change.settled && !change.value) (void)batch.Delete(key);
      for (const std::string& more : change.added) (void)batch.Merge(key, more);
    }
  }

 private:
  struct Change {
    bool settled = false;              // put or erased
    std::optional<std::string> value;  // none: erased
    std::vector<std::string> added;    // after that
  };
  std::map<std::string, Change> keys_;
  std::set<std::pair<std::string, std::string>> ranges_;
};

}  // namespace

WriteBatch::WriteBatch() : changes_(std::make_unique<Changes>()) {}
WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;

// The engine's batch grows in memory alone and refuses nothing that we hand it.
void WriteBatch::put(std::string_view key, std::string_view value) {
  (void)changes_->batch.Put(slice(key), slice(value));
}
void WriteBatch::erase(std::string_view key) { (void)changes_->batch.Delete(slice(key)); }
void WriteBatch::erase_range(std::string_view first, std::string_view end) {
  if (first < end) (void)changes_->batch.DeleteRange(slice(first), slice(end));
}
void WriteBatch::add_counts(std::string_view key, std::string_view added) {
  (void)changes_->batch.Merge(slice(key), slice(added));
}
void WriteBatch::clear() { changes_->batch.Clear(); }
bool WriteBatch::empty() const { return changes_->batch.Count() == 0; }
std::size_t WriteBatch::bytes() const { return changes_->batch.GetDataSize(); }

void WriteBatch::mark() { changes_->batch.SetSavePoint(); }
void WriteBatch::return_to_mark() { (void)changes_->batch.RollbackToSavePoint(); }

void WriteBatch::compact() {
  LastChanges last;
  (void)changes_->batch.Iterate(&last);  // our own bytes
  rocksdb::WriteBatch compacted;
  last.write(compacted);
  changes_->batch = std::move(compacted);
}

}  // namespace driftd::storage
