// "did you mean": the known word nearest to a mistyped one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment); ASCII case
// and the difference between '-' and '_' count nothing.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The first of the words with the smallest distance, if that is at most half the length of the longer
// one; nullptr where none is that near.
const std::string* nearest(std::string_view word, const std::vector<std::string>& words);

}  // namespace driftd
