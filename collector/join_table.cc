#include "collector/join_table.h"

#include <cstring>
#include <new>
#include <utility>

#include "core/hash.h"

namespace driftd::collector::join {

std::uint64_t key_hash(std::string_view key) { return hash64(key); }

void Table::fill(Entry& entry, std::string_view key, std::string_view body) {
  Head head = entry.bytes_ ? entry.head() : Head{};
  if (entry.bytes_) bytes_ -= sizeof(Head) + head.key_size + head.body_size;
  head.key_size = static_cast<std::uint32_t>(key.size());
  head.body_size = static_cast<std::uint32_t>(body.size());
  auto bytes = std::make_unique_for_overwrite<char[]>(sizeof(Head) + key.size() + body.size());
  new (bytes.get()) Head(head);
  std::memcpy(bytes.get() + sizeof(Head), key.data(), key.size());
  std::memcpy(bytes.get() + sizeof(Head) + key.size(), body.data(), body.size());
  entry.bytes_ = std::move(bytes);
  bytes_ += sizeof(Head) + key.size() + body.size();
}

Table::Entry* Table::find(std::uint64_t hash, std::string_view key) {
  if (slots_.empty()) return nullptr;
  for (std::size_t i = home(hash); slots_[i].bytes_; i = next(i)) {
    if (slots_[i].hash_ == hash && slots_[i].key() == key) return &slots_[i];
  }
  return nullptr;
}

Table::Entry& Table::put(std::uint64_t hash, std::string_view key, std::string_view body) {
  if (Entry* known = find(hash, key)) {
    fill(*known, key, body);
    return *known;
  }
  if ((size_ + 1) * 5 > slots_.size() * 4) grow();
  std::size_t i = home(hash);
  while (slots_[i].bytes_) i = next(i);
  slots_[i].hash_ = hash;
  fill(slots_[i], key, body);
  ++size_;
  return slots_[i];
}

void Table::grow() {
  std::vector<Entry> old(slots_.empty() ? 16 : slots_.size() * 2);
  old.swap(slots_);
  for (Entry& entry : old) {
    if (!entry.bytes_) continue;
    std::size_t i = home(entry.hash_);
    while (slots_[i].bytes_) i = next(i);
    slots_[i] = std::move(entry);
  }
}

void Table::erase(Entry& entry) {
  bytes_ -= sizeof(Head) + entry.head().key_size + entry.head().body_size;
  --size_;
  std::size_t hole = static_cast<std::size_t>(&entry - slots_.data());
  slots_[hole].bytes_.reset();
  // Whoever probed past the hole moves back, so that no search ends at it too early.
  for (std::size_t i = next(hole); slots_[i].bytes_; i = next(i)) {
    const std::size_t reach = (i - home(slots_[i].hash_)) & (slots_.size() - 1);
    const std::size_t distance = (i - hole) & (slots_.size() - 1);
    if (reach < distance) continue;
    slots_[hole] = std::move(slots_[i]);
    hole = i;
  }
}

}  // namespace driftd::collector::join
