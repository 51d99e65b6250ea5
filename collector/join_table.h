// The id shard's memory: a hash table from (model, id) to the bytes of what waits.
//
// Open addressing over (hash, pointer) with linear probing; each entry is one allocation: a small
// head, the key, the body. Iteration order is never used. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace driftd::collector::join {

std::uint64_t key_hash(std::string_view key);

class Table {
 public:
  // What stands before an entry's bytes.
  struct Head {
    Time look = 0;  // the timeline's time at which to look at it (collector/join_timeline.h)
    std::uint32_t key_size = 0;
    std::uint32_t body_size = 0;
    bool dirty = false;   // changed since the last for_each_dirty
    bool stored = false;  // for_each_dirty has told of it
  };

  class Entry {
   public:
    [[nodiscard]] Head& head() { return *reinterpret_cast<Head*>(bytes_.get()); }
    [[nodiscard]] const Head& head() const { return *reinterpret_cast<const Head*>(bytes_.get()); }
    [[nodiscard]] std::string_view key() const { return {bytes_.get() + sizeof(Head), head().key_size}; }
    [[nodiscard]] std::string_view body() const {
      return {bytes_.get() + sizeof(Head) + head().key_size, head().body_size};
    }

   private:
    friend class Table;
    std::uint64_t hash_ = 0;
    std::unique_ptr<char[]> bytes_;  // none: free
  };

  // The entry of the key, or null. Entries move with every put() and erase().
  [[nodiscard]] Entry* find(std::uint64_t hash, std::string_view key);
  // Adds the key or gives it new bytes; the head of an existing entry is kept.
  Entry& put(std::uint64_t hash, std::string_view key, std::string_view body);
  void erase(Entry& entry);

  // Every entry with this hash (more than one only where two keys collide).
  template <class Visit>
  void for_each_of(std::uint64_t hash, Visit visit);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }  // of the entries alone
  [[nodiscard]] std::size_t memory() const { return slots_.size() * sizeof(Entry) + bytes_; }

 private:
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  [[nodiscard]] std::size_t next(std::size_t index) const { return (index + 1) & (slots_.size() - 1); }
  void grow();
  void fill(Entry& entry, std::string_view key, std::string_view body);

  std::vector<Entry> slots_;  // a power of two, or none
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;  // of all entries, as asked of the allocator
};

template <class Visit>
void Table::for_each_of(std::uint64_t hash, Visit visit) {
  if (slots_.empty()) return;
  for (std::size_t i = home(hash); slots_[i].bytes_; i = next(i)) {
    if (slots_[i].hash_ == hash) visit(slots_[i]);
  }
}

}  // namespace driftd::collector::join
