// A detector that reads one number after another and says when their law seems to have changed.
//
// Promises of every implementation:
// - a pure function of its parameters and the values since the last reset: no clock, no randomness
//   that is not keyed by its input, no threads;
// - what `save` wrote, `load` into a detector of the same parameters restores, and the future of the
//   two is identical to the bit; hostile bytes make `load` fail and leave the detector reset;
// - `reset` makes it equal to a new one;
// - a value that is not finite, or none that its kind accepts, changes nothing: `update` answers as if
//   it had not been called;
// - it starts afresh by itself on the update after a drift, as river's detectors do, unless its kind says
//   otherwise;
// - bytes() <= memory_limit() at all times.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/codec.h"
#include "core/result.h"

namespace driftd::detectors {

enum class Signal : std::uint8_t { none, warning, drift };

class SequentialDetector {
 public:
  virtual ~SequentialDetector() = default;

  // The state after this value. A warning lasts: it is answered for every value while it holds.
  virtual Signal update(double value) = 0;
  virtual void reset() = 0;

  virtual void save(Encoder& out) const = 0;
  virtual Status load(Decoder& in) = 0;

  [[nodiscard]] virtual std::size_t bytes() const = 0;         // held now
  [[nodiscard]] virtual std::size_t memory_limit() const = 0;  // never more, with these parameters

 protected:
  SequentialDetector() = default;
  SequentialDetector(const SequentialDetector&) = default;
  SequentialDetector& operator=(const SequentialDetector&) = default;
};

}  // namespace driftd::detectors
