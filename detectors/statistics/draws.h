// Reproducible draws: the same on every machine, from a seed alone. A value; no threads.
//
// Source: splitmix64 (G. Steele, D. Lea, C. Flood 2014) and D. Lemire's unbiased bounded draws (2019).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace driftd::detectors {

class Draws {
 public:
  explicit Draws(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  // Uniform over 0 ... limit - 1; limit >= 1.
  std::uint32_t below(std::uint32_t limit);

 private:
  std::uint64_t state_;
};

// Puts a uniform draw without repeats of `count` of the entries to the front, in the order drawn.
void draw_to_front(std::vector<std::uint32_t>& entries, std::size_t count, Draws& draws);

// `count` of the numbers 0 ... size - 1, all of them if there are no more, rising.
std::vector<std::uint32_t> drawn_rows(std::size_t size, std::size_t count, std::uint64_t seed);

// (1 + permutations that reach what was seen) / (1 + permutations): a valid p-value (B. Phipson, G. Smyth
// 2010). `value(first)` is the statistic when the entries front[0 ... first) are the one group of a
// relabelling.
template <class Value>
double permutation_p_value(double seen, std::size_t size, std::size_t first, int permutations,
                           std::uint64_t seed, Value value) {
  std::vector<std::uint32_t> entries(size);
  for (std::size_t i = 0; i < size; ++i) entries[i] = static_cast<std::uint32_t>(i);
  Draws draws(seed);
  // what is equal but for rounding counts as reached
  const double limit = seen - 1e-12 * (seen < 0 ? -seen : seen);
  int reached = 1;
  for (int i = 0; i < permutations; ++i) {
    draw_to_front(entries, first, draws);
    if (value(entries) >= limit) ++reached;
  }
  return static_cast<double>(reached) / (permutations + 1);
}

}  // namespace driftd::detectors
