// Random numbers that are the same on every machine: the n-th draw of an event is a hash of (seed, event,
// n), and everything made of it uses only exact or correctly rounded arithmetic. No state is shared between
// events, so that any event can be made without those before it.
//
// The hash is SplitMix64's finaliser (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
// OOPSLA 2014), applied twice. A value; not for secrets.
#pragma once

#include <cstdint>

namespace driftd::app::simulate {

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t event) : state_(mix(mix(seed + kGolden) + event)) {}

  std::uint64_t bits() { return mix(state_ += kGolden); }
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }  // [0, 1)
  double between(double low, double high) { return low + (high - low) * uniform(); }
  std::int64_t integer(std::int64_t low, std::int64_t high) {  // both included
    return low + static_cast<std::int64_t>(uniform() * static_cast<double>(high - low + 1));
  }
  bool chance(double probability) { return uniform() < probability; }
  // Twelve uniforms less six: mean 0, variance 1, no logarithm that differs between libraries.
  double bell() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }

 private:
  static constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
  static constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
  }
  std::uint64_t state_;
};

}  // namespace driftd::app::simulate
