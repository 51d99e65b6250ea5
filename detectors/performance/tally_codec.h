// Counts of pairs as bytes: bounded on load, so that hostile ones cannot overflow when tallies merge.
#pragma once

#include <cstdint>

#include "core/codec.h"

namespace driftd::detectors {

inline std::int64_t get_pair_count(Decoder& in) {
  constexpr std::int64_t kMost = std::int64_t{1} << 60;
  const std::int64_t count = in.get_i64();
  if (count > kMost || count < -kMost) in.fail();
  return in.ok() ? count : 0;
}

}  // namespace driftd::detectors
