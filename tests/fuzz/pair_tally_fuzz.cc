// Stored tallies are treated as hostile: whatever loads must merge, subtract, save and load again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "core/codec.h"
#include "detectors/performance/pair_tally.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using driftd::detectors::PairTally;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  driftd::Decoder in(bytes);
  auto first = PairTally::load(in);
  if (!first) return 0;
  static_cast<void>(first->metrics());
  driftd::Encoder out;
  first->save(out);
  driftd::Decoder again(out.bytes());
  const auto same = PairTally::load(again);
  if (!same || !(*same == *first)) std::abort();
  const auto second = PairTally::load(in);
  if (!second) return 0;
  try {
    PairTally merged = *first;
    merged.merge(*second);
    static_cast<void>(merged.metrics());
    merged.subtract(*second);
  } catch (const std::logic_error&) {  // two tasks: the caller's fault
  }
  return 0;
}
