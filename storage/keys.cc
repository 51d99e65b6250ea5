#include "storage/keys.h"

namespace driftd::storage {
namespace {

constexpr std::uint64_t kSign = 1ULL << 63;

void append_big_endian(std::string& bytes, std::uint64_t value, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>(value >> shift));
}

}  // namespace

Key& Key::u8(std::uint8_t value) {
  append_big_endian(bytes_, value, 1);
  return *this;
}
Key& Key::u32(std::uint32_t value) {
  append_big_endian(bytes_, value, 4);
  return *this;
}
Key& Key::u64(std::uint64_t value) {
  append_big_endian(bytes_, value, 8);
  return *this;
}
Key& Key::i64(std::int64_t value) { return u64(static_cast<std::uint64_t>(value) ^ kSign); }

Key& Key::text(std::string_view value) {
  for (const char byte : value) {
    bytes_.push_back(byte);
    if (byte == '\0') bytes_.push_back('\xFF');
  }
  bytes_.append({'\0', '\1'});
  return *this;
}

Key& Key::tail(std::string_view value) {
  bytes_.append(value);
  return *this;
}

KeyReader::KeyReader(Table table, std::string_view key) {
  ok_ = !key.empty() && key.front() == static_cast<char>(table);
  if (ok_) rest_ = key.substr(1);
}

std::uint64_t KeyReader::integer(std::size_t width) {
  if (rest_.size() < width) {
    ok_ = false;
    rest_ = {};
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(rest_[i]);
  rest_.remove_prefix(width);
  return value;
}

std::uint8_t KeyReader::u8() { return static_cast<std::uint8_t>(integer(1)); }
std::uint32_t KeyReader::u32() { return static_cast<std::uint32_t>(integer(4)); }
std::uint64_t KeyReader::u64() { return integer(8); }
std::int64_t KeyReader::i64() {
  const std::uint64_t value = integer(8);
  return ok_ ? static_cast<std::int64_t>(value ^ kSign) : 0;
}

std::string KeyReader::text() {
  std::string value;
  for (std::size_t i = 0; i + 1 < rest_.size(); ++i) {
    if (rest_[i] != '\0') {
      value.push_back(rest_[i]);
    } else if (rest_[i + 1] == '\xFF') {
      value.push_back('\0');
      ++i;
    } else if (rest_[i + 1] == '\1') {
      rest_.remove_prefix(i + 2);
      return value;
    } else {
      break;
    }
  }
  ok_ = false;
  rest_ = {};
  return {};
}

std::string_view KeyReader::tail() {
  const std::string_view value = rest_;
  rest_ = {};
  return value;
}

std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

std::string meta_key(std::string_view name) { return Key(Table::meta).tail(name).bytes(); }
std::string offset_key(std::string_view topic, std::int32_t partition) {
  return Key(Table::offsets).text(topic).u32(static_cast<std::uint32_t>(partition)).bytes();
}
std::string lane_key(std::string_view topic, std::int32_t partition) {
  return Key(Table::lanes).text(topic).u32(static_cast<std::uint32_t>(partition)).bytes();
}
std::string registry_key(std::uint32_t series) { return Key(Table::registry).u32(series).bytes(); }
std::string state_key(std::uint32_t series, std::string_view part) {
  return Key(Table::state).u32(series).tail(part).bytes();
}
std::string join_key(std::uint32_t shard, std::string_view record) {
  return Key(Table::joins).u32(shard).tail(record).bytes();
}
std::string incident_key(std::string_view id) { return Key(Table::incidents).tail(id).bytes(); }
std::string delivery_key(std::string_view id) { return Key(Table::outbox).tail(id).bytes(); }

std::optional<TopicPartition> parse_partition_key(Table table, std::string_view key) {
  KeyReader in(table, key);
  TopicPartition parsed{in.text(), static_cast<std::int32_t>(in.u32())};
  if (!in.ok() || !in.tail().empty()) return std::nullopt;
  return parsed;
}

std::optional<std::uint32_t> parse_registry_key(std::string_view key) {
  KeyReader in(Table::registry, key);
  const std::uint32_t series = in.u32();
  if (!in.ok() || !in.tail().empty()) return std::nullopt;
  return series;
}

std::optional<JoinKey> parse_join_key(std::string_view key) {
  KeyReader in(Table::joins, key);
  const std::uint32_t shard = in.u32();
  if (!in.ok()) return std::nullopt;
  return JoinKey{shard, in.tail()};
}

}  // namespace driftd::storage
