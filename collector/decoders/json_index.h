// Where the tokens of a JSON text begin: simdjson's first stage, the only part of it that is used.
//
// simdjson's stage 1 checks UTF-8, finds strings, and lists the position of every operator and of
// every first byte of a scalar, with the widest instructions that the processor at hand has (chosen at
// run time). Its On-Demand front end is not used: it leaves unchecked what it skips, it copies every
// string, and its walking code is compiled for the oldest processor. JsonReader walks this index.
// Source: G. Langdale, D. Lemire, Parsing gigabytes of JSON per second, VLDB Journal 28 (2019).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace driftd::collector {

class JsonIndex {
 public:
  enum class Outcome { ok, not_utf8, not_json };

  JsonIndex();
  ~JsonIndex();

  // Copies the text (a byte order mark is left out) into a buffer with kPadding zeros behind it.
  // What text() and tokens() gave before is void. Precondition: fewer than 4 GB.
  Outcome build(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  // Positions in text(), ascending. Followed by one more element, the text's length.
  [[nodiscard]] std::span<const std::uint32_t> tokens() const { return tokens_; }

  static constexpr std::size_t kPadding = 64;

 private:
  void grow(std::size_t size);

  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  std::string_view text_;
  std::span<const std::uint32_t> tokens_;
};

// Whether bytes are UTF-8.
bool is_utf8(std::string_view bytes);

}  // namespace driftd::collector
