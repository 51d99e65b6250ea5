// Whether two texts are the same, for texts that mostly are: names that come again with every event.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace driftd {

// As a == b. Names are short: two overlapping words tell most of them without a call.
[[gnu::always_inline]] inline bool same_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  const auto words_differ = [&]<class Word>(Word) {
    const auto differ = [&](std::size_t at) {
      Word left, right;
      std::memcpy(&left, a.data() + at, sizeof left);
      std::memcpy(&right, b.data() + at, sizeof right);
      return left ^ right;
    };
    return differ(0) | differ(size - sizeof(Word));
  };
  if (size >= 8 && size <= 16) return words_differ(std::uint64_t{}) == 0;
  if (size >= 4 && size < 8) return words_differ(std::uint32_t{}) == 0;
  return a == b;
}

}  // namespace driftd
