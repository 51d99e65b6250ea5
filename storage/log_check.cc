#include "storage/log_check.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace driftd::storage {
namespace {

constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;
constexpr std::uint8_t kLastType = 4;
constexpr std::size_t kNumber = 8;

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    table[byte] = crc;
  }
  return table;
}

// As the log stores it: a checksum of bytes that hold checksums should not fit by itself.
std::uint32_t masked_crc32c(std::string_view bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xA282EAD8U;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

// The size of the whole record at the beginning of `rest`; 0 where there is none.
std::size_t record_size(std::string_view rest) {
  if (rest.size() < kHeader) return 0;
  const std::size_t length = little_endian(rest.substr(4, 2));
  const auto type = static_cast<std::uint8_t>(rest[6]);
  if (type == 0 || type > kLastType || kHeader + length > rest.size()) return 0;
  if (masked_crc32c(rest.substr(6, 1 + length)) != little_endian(rest.substr(0, 4))) return 0;
  return kHeader + length;
}

bool holds_record(std::string_view rest) {
  for (; rest.size() >= kHeader; rest.remove_prefix(1))
    if (record_size(rest) > 0) return true;
  return false;
}

// Where the first record of a log lies that is not whole, and whether whole ones are behind it.
struct LogScan {
  std::optional<std::uint64_t> bad;
  bool goes_on = false;
  bool begins = false;  // some record is whole
  std::optional<std::uint64_t> first_change;
};

void scan_block(std::string_view block, std::uint64_t offset, LogScan& scan) {
  std::size_t at = 0;
  while (block.size() - at >= kHeader) {
    const std::size_t size = record_size(block.substr(at));
    if (size == 0) {
      if (!scan.bad) scan.bad = offset + at;
      scan.goes_on = scan.goes_on || holds_record(block.substr(at + 1));
      return;
    }
    scan.begins = true;
    scan.goes_on = scan.goes_on || scan.bad.has_value();
    at += size;
  }
  if (block.size() < kBlock && at < block.size() && !scan.bad) scan.bad = offset + at;
}

Result<LogScan> scan_log(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::io, "cannot read the log " + file.string() + " of the store"};
  LogScan scan;
  std::string block(kBlock, '\0');
  for (std::uint64_t offset = 0; in; offset += kBlock) {
    in.read(block.data(), static_cast<std::streamsize>(kBlock));
    const std::string_view read = std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount()));
    // A batch begins with the number of its first change.
    if (offset == 0 && record_size(read) >= kHeader + kNumber)
      scan.first_change = little_endian(read.substr(kHeader, kNumber));
    scan_block(read, offset, scan);
  }
  if (in.bad()) return Error{ErrorCode::io, "cannot read the log " + file.string() + " of the store"};
  return scan;
}

// Numbers of six digits or more: the shorter name is the older.
bool is_older(const std::string& x, const std::string& y) {
  return x.size() != y.size() ? x.size() < y.size() : x < y;
}

std::vector<std::filesystem::path> logs_of(const std::string& path) {
  std::vector<std::filesystem::path> logs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path, error))
    if (entry.path().extension() == ".log") logs.push_back(entry.path());
  std::sort(logs.begin(), logs.end(),
            [](const auto& a, const auto& b) { return is_older(a.filename(), b.filename()); });
  return logs;
}

}  // namespace

Result<std::optional<LogDamage>> find_log_damage(const std::string& path, const std::string& past) {
  std::optional<LogDamage> found;  // a torn tail, or damage if a record follows
  bool goes_on = false;            // in the same log
  const std::vector<std::filesystem::path> logs = logs_of(path);
  for (const std::filesystem::path& log : logs) {
    if (!past.empty() && !is_older(past, log.filename())) continue;
    const Result<LogScan> scan = scan_log(log);
    if (!scan) return scan.error();
    if (found && (scan->begins || scan->goes_on)) {
      found->next_change = scan->first_change;
      return found;
    }
    if (found || !scan->bad) continue;
    found = LogDamage{log.filename(), *scan->bad, log == logs.back(), std::nullopt};
    goes_on = scan->goes_on;
  }
  if (!goes_on) found.reset();
  return found;
}

}  // namespace driftd::storage
