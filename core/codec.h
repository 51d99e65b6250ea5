// Bytes that outlive the process: a small binary codec.
//
// Integers are LEB128 varints (signed ones zig-zag), doubles their eight IEEE bytes little-endian,
// texts and blobs a length and the bytes. Encoder appends and cannot fail. Decoder treats its input
// as hostile: every read checks bounds; after the first fault ok() is false and every further read
// returns zero or empty, so callers check once at the end. Not thread-safe; values, no I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time.h"

namespace driftd {

class Encoder {
 public:
  void put_u64(std::uint64_t value);
  void put_i64(std::int64_t value);
  void put_u8(std::uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void put_bool(bool value) { put_u8(value ? 1 : 0); }
  void put_double(double value);
  void put_text(std::string_view text);
  void put_raw(std::string_view bytes) { bytes_.append(bytes); }

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

struct Unsealed;

// Thousands of such amounts add up without overflow.
inline constexpr std::int64_t kMostAmount = std::int64_t{1} << 48;

// What bytes that no sealed record held are of: the program's own.
inline constexpr std::uint64_t kNewestFormat = std::numeric_limits<std::uint64_t>::max();

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}
  // Of a sealed record: knows the format that it was written in.
  explicit Decoder(const Unsealed& record);

  // For who reads what older programs wrote as well.
  [[nodiscard]] std::uint64_t format() const { return format_; }

  std::uint64_t get_u64();
  std::int64_t get_i64();
  std::uint8_t get_u8();
  bool get_bool();
  double get_double();
  std::string_view get_text();  // a view into the input

  // Numbers that are reckoned with: what lies beyond the bounds is a fault of the input, so that no sum,
  // difference or product that follows overflows.
  std::int64_t get_within(std::int64_t least, std::int64_t most);
  std::int64_t get_amount();  // how many of something, or the difference of two such; within +-kMostAmount
  Time get_time();            // of kLeastTime to kMostTime; durations, slots of no known length likewise
  Time get_time_or_none();    // or kNoTime
  std::int64_t get_slot(Duration length);          // begins at such a time; `length` > 0
  std::int64_t get_slot_or_none(Duration length);  // or kNoSlot
  // A count of items of which each takes at least `least_bytes`: refused when the rest cannot hold them.
  std::size_t get_count(std::size_t least_bytes = 1);

  void fail() {
    ok_ = false;
    rest_ = {};
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  std::uint64_t format_ = kNewestFormat;
  bool ok_ = true;
};

// An envelope for bytes at rest: magic "DRFT", format version, kind name, checksum (XXH64), payload.
std::string seal(std::string_view kind, std::uint64_t version, std::string_view payload);

struct Unsealed {
  std::uint64_t version = 0;
  std::string_view payload;  // a view into the sealed bytes
};
// Fails: `corrupt` where magic, kind, length or checksum do not fit, `refused` for versions above `newest`.
Result<Unsealed> unseal(std::string_view kind, std::uint64_t newest, std::string_view sealed);

}  // namespace driftd
