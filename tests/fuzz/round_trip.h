// What fuzz targets of stored state share: what loads has to save as bytes that load to the same again.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/codec.h"

namespace driftd::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

template <class T>
std::string saved(const T& value) {
  Encoder out;
  value.save(out);
  return out.take();
}

// `load` gives a Result of a decoder. `use` sees what was loaded.
template <class Load, class Use>
void round_trip(std::string_view bytes, const Load& load, const Use& use) {
  Decoder in(bytes);
  auto first = load(in);
  if (!first.ok()) return require(!first.error().message.empty(), "a refusal says why");
  const std::string kept = saved(*first);
  Decoder again(kept);
  const auto second = load(again);
  require(second.ok(), "what was loaded and saved loads again");
  require(saved(*second) == kept, "and is the same");
  use(*first);
}

template <class T>
void round_trip(std::string_view bytes) {
  round_trip(
      bytes, [](Decoder& in) { return T::load(in); }, [](const T&) {});
}

// The same of values whose load() fails the decoder.
template <class T>
void round_trip_in_place(std::string_view bytes) {
  const auto load = [](Decoder& in) -> Result<T> {
    T value;
    value.load(in);
    if (!in.ok()) return Error{ErrorCode::corrupt, "ends too early"};
    return value;
  };
  round_trip(bytes, load, [](const T&) {});
}

// The first byte of an input chooses one of `count`, and is taken away.
inline std::size_t choose(std::string_view& bytes, std::size_t count) {
  if (bytes.empty()) return 0;
  const auto which = static_cast<std::uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  return which % count;
}

// What stands before the first `mark`, which is taken away with it.
inline std::string_view part(std::string_view& bytes, char mark = '\n') {
  const std::size_t end = bytes.find(mark);
  const std::string_view first = bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  return first;
}

// A value with some bytes of it others, for what no input would be by itself. An edit is four bytes: what to
// do, where (two), and a byte.
inline std::string edited(std::string_view value, std::string_view edits) {
  std::string text(value);
  for (; edits.size() >= 4; edits.remove_prefix(4)) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(edits[i]); };
    const std::size_t place = (at(1) | at(2) << 8) % (text.size() + 1);
    if (at(0) % 4 == 0)
      text.insert(place, 1, edits[3]);
    else if (at(0) % 4 == 1)
      text.resize(place);
    else
      text.replace(place, at(0) % 4 == 2 ? 1 : 0x7f & at(0), 1, edits[3]);
  }
  return text;
}

}  // namespace driftd::fuzz
