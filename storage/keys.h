// The layout of the keys: one letter for the table, then fields whose bytes sort as their values do,
// so that what is read together lies together.
//
//   integers   big-endian, signed ones with the sign bit flipped
//   texts      the bytes with 00 written as 00 FF, ended by 00 01: no text is a prefix of another
//   tail       the last field may be raw bytes
//
// Pure functions; a table's prefix is the key without further fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace driftd::storage {

enum class Table : char {
  meta = 'm',       // name
  offsets = 'o',    // topic, partition
  lanes = 'l',      // topic, partition: what the lane of a partition has not handed on yet
  registry = 'r',   // number of the series: which model and version it is
  state = 's',      // series, part: the judge's state of one model version
  joins = 'j',      // id shard, then the shard's own bytes
  history = 'h',    // see storage/history.h
  incidents = 'i',  // incident id
  outbox = 'q',     // delivery id
};

// Key(Table::offsets).text(topic).u32(partition).bytes()
class Key {
 public:
  explicit Key(Table table) : bytes_(1, static_cast<char>(table)) {}

  Key& u8(std::uint8_t value);
  Key& u32(std::uint32_t value);
  Key& u64(std::uint64_t value);
  Key& i64(std::int64_t value);
  Key& text(std::string_view value);
  Key& tail(std::string_view value);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  operator std::string_view() const { return bytes_; }  // NOLINT(google-explicit-constructor)

 private:
  std::string bytes_;
};

// Reads a key's fields in their order. After the first that does not fit, ok() is false and every
// further field is zero or empty.
class KeyReader {
 public:
  KeyReader(Table table, std::string_view key);

  std::uint8_t u8();
  std::uint32_t u32();
  std::uint64_t u64();
  std::int64_t i64();
  std::string text();
  std::string_view tail();

  [[nodiscard]] bool ok() const { return ok_; }

 private:
  std::uint64_t integer(std::size_t width);
  std::string_view rest_;
  bool ok_ = true;
};

// The least key behind all that begin with `prefix`; empty where there is none (all bytes FF).
std::string end_of_prefix(std::string_view prefix);

// The keys that have an owner of their own.
std::string meta_key(std::string_view name);
std::string offset_key(std::string_view topic, std::int32_t partition);
std::string lane_key(std::string_view topic, std::int32_t partition);
std::string registry_key(std::uint32_t series);
std::string state_key(std::uint32_t series, std::string_view part);
std::string join_key(std::uint32_t shard, std::string_view record);
std::string incident_key(std::string_view id);
std::string delivery_key(std::string_view id);

// What the keys above were made of; empty where `key` is not of that table.
struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
};
std::optional<TopicPartition> parse_partition_key(Table table, std::string_view key);
std::optional<std::uint32_t> parse_registry_key(std::string_view key);
struct JoinKey {
  std::uint32_t shard = 0;
  std::string_view record;  // a view into the key
};
std::optional<JoinKey> parse_join_key(std::string_view key);

}  // namespace driftd::storage
