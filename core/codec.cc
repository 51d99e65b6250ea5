#include "core/codec.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/hash.h"

namespace driftd {

namespace {

constexpr std::string_view kMagic = "DRFT";

std::uint64_t zig_zag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}

std::int64_t un_zig_zag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace

void Encoder::put_u64(std::uint64_t value) {
  while (value >= 0x80) {
    put_u8(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  put_u8(static_cast<std::uint8_t>(value));
}

void Encoder::put_i64(std::int64_t value) { put_u64(zig_zag(value)); }

void Encoder::put_double(double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  for (int i = 0; i < 8; ++i, bits >>= 8) put_u8(static_cast<std::uint8_t>(bits));
}

void Encoder::put_text(std::string_view text) {
  put_u64(text.size());
  put_raw(text);
}

std::uint8_t Decoder::get_u8() {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  const auto byte = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return byte;
}

std::uint64_t Decoder::get_u64() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = get_u8();
    if (shift == 63 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return ok_ ? value : 0;
  }
  fail();
  return 0;
}

std::int64_t Decoder::get_i64() { return un_zig_zag(get_u64()); }

std::int64_t Decoder::get_within(std::int64_t least, std::int64_t most) {
  const std::int64_t value = get_i64();
  if (value < least || value > most) fail();
  return ok_ ? value : std::max(least, std::min<std::int64_t>(0, most));
}

std::int64_t Decoder::get_amount() { return get_within(-kMostAmount, kMostAmount); }

Time Decoder::get_time() { return get_within(kLeastTime, kMostTime); }

Time Decoder::get_time_or_none() { return get_slot_or_none(kMicrosecond); }

std::int64_t Decoder::get_slot(Duration length) {
  return get_within(kLeastTime / length, kMostTime / length);
}

std::int64_t Decoder::get_slot_or_none(Duration length) {
  const std::int64_t slot = get_i64();
  if (slot != kNoSlot && (slot < kLeastTime / length || slot > kMostTime / length)) fail();
  return ok_ ? slot : kNoSlot;
}

bool Decoder::get_bool() {
  const std::uint8_t byte = get_u8();
  if (byte > 1) fail();
  return byte == 1;
}

double Decoder::get_double() {
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 8; ++i) bits |= static_cast<std::uint64_t>(get_u8()) << (8 * i);
  return ok_ ? std::bit_cast<double>(bits) : 0;
}

std::string_view Decoder::get_text() {
  const std::uint64_t size = get_u64();
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view text = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return text;
}

std::size_t Decoder::get_count(std::size_t least_bytes) {
  const std::uint64_t count = get_u64();
  if (least_bytes > 0 && count > rest_.size() / least_bytes) {
    fail();
    return 0;
  }
  return count;
}

Decoder::Decoder(const Unsealed& record) : rest_(record.payload), format_(record.version) {}

std::string seal(std::string_view kind, std::uint64_t version, std::string_view payload) {
  Encoder out;
  out.put_raw(kMagic);
  out.put_u64(version);
  out.put_text(kind);
  out.put_text(payload);
  const std::uint64_t checksum = hash64(out.bytes());
  out.put_double(std::bit_cast<double>(checksum));
  return out.take();
}

Result<Unsealed> unseal(std::string_view kind, std::uint64_t newest, std::string_view sealed) {
  const auto corrupt = [&](std::string_view what) {
    return Error{ErrorCode::corrupt, std::string(kind) + ": " + std::string(what)};
  };
  if (sealed.size() < kMagic.size() + 8 || sealed.substr(0, kMagic.size()) != kMagic)
    return corrupt("the bytes do not begin as driftd's records do");
  Decoder tail(sealed.substr(sealed.size() - 8));
  const auto stored = std::bit_cast<std::uint64_t>(tail.get_double());
  if (stored != hash64(sealed.substr(0, sealed.size() - 8)))
    return corrupt("the checksum does not fit the bytes");
  Decoder in(sealed.substr(kMagic.size(), sealed.size() - kMagic.size() - 8));
  Unsealed out;
  out.version = in.get_u64();
  const std::string_view stored_kind = in.get_text();
  out.payload = in.get_text();
  if (!in.ok() || !in.at_end()) return corrupt("the length does not fit the bytes");
  if (stored_kind != kind) return corrupt("the record is of kind " + std::string(stored_kind));
  if (out.version > newest)
    return Error{ErrorCode::refused, std::string(kind) + ": format version " + std::to_string(out.version) +
                                         " is newer than this program reads (" + std::to_string(newest) +
                                         ")"};
  return out;
}

}  // namespace driftd
