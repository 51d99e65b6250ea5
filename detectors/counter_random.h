// Random numbers by counter: the number of (key, counter) is always the same, in whatever order and
// however often it is asked for, so that nothing but the key and the position has to be known to go on.
//
// Source: the output function of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number
// generators, OOPSLA 2014), whose state after n steps is key + n * gamma. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace driftd::detectors {

inline std::uint64_t counter_random(std::uint64_t key, std::uint64_t counter) {
  std::uint64_t z = key + (counter + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

// In [0, 1), a multiple of 2^-53.
inline double counter_uniform(std::uint64_t key, std::uint64_t counter) {
  return static_cast<double>(counter_random(key, counter) >> 11) * 0x1p-53;
}

// Samples without replacement from 0, ..., population - 1. The i-th draw of sample number n takes 32
// bits of counter_random(key, n * 2^16 + i / 2), the upper ones where i is odd: bits * (population - i)
// / 2^32 is its place among those not drawn yet, and the last of those moves there.
class CounterSampler {
 public:
  CounterSampler(std::uint64_t key, std::uint32_t population)
      : key_(key), all_(population), pool_(population) {
    for (std::uint32_t i = 0; i < population; ++i) all_[i] = i;
  }

  // Fills `out`. Precondition: out.size() <= population and below 2^17.
  void draw(std::uint64_t number, std::span<std::uint32_t> out) {
    pool_ = all_;
    std::uint64_t word = 0;
    auto left = static_cast<std::uint32_t>(pool_.size());
    for (std::uint32_t i = 0; i < out.size(); ++i) {
      word = i % 2 == 0 ? counter_random(key_, (number << 16U) + i / 2) : word >> 32U;
      const std::uint64_t place = ((word & 0xffffffffU) * left) >> 32U;
      out[i] = pool_[place];
      pool_[place] = pool_[--left];
    }
  }
  [[nodiscard]] std::size_t bytes() const {
    return (all_.capacity() + pool_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  std::uint64_t key_;
  std::vector<std::uint32_t> all_;
  std::vector<std::uint32_t> pool_;
};

}  // namespace driftd::detectors
