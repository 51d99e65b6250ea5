// Arrays of numbers as values: a model's embeddings.
//
// Items are single-precision numbers, as embeddings are made; what an event writes with more digits is
// rounded, in the stream as in the reference, so that both mean the same. The text of such a value is either
// JSON or what pack_items() made of it: four bytes an item, for what is kept. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace driftd {

inline constexpr std::size_t kMostItems = 4096;  // of an array that is watched

// The items of an array, given as JSON that a parser has accepted, or packed. False where it has none or more
// than kMostItems, or one of them is no number or beyond single precision; `items` is overwritten either way.
bool read_items(std::string_view text, std::vector<float>& items);
// How many read_items() would give; 0 where it fails. Allocates nothing.
std::size_t count_items(std::string_view text);

// Empty where read_items() fails.
std::string pack_items(std::string_view text);

}  // namespace driftd
