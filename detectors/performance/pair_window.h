// The performance of one series over the last n slots: PairTally as detectors/window.h holds Tally.
//
// Slots come in rising order, each once; the window covers the n slots that end at the newest closed
// one, empty ones included. Exact: the total equals a new tally of what is covered. A value; no threads.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/performance/pair_tally.h"

namespace driftd::detectors {

class PairWindow {
 public:
  explicit PairWindow(std::int64_t slots) : slots_(slots) {}

  void push(std::int64_t slot, const PairTally& tally);
  void advance(std::int64_t newest);
  // From now on so many slots >= 1; takes effect with the next push() or advance().
  void resize(std::int64_t slots) { slots_ = slots; }
  [[nodiscard]] const PairTally& total() const { return total_; }

  void save(Encoder& out) const;
  static Result<PairWindow> load(std::int64_t slots, Decoder& in);

 private:
  struct Entry {
    std::int64_t slot = 0;
    PairTally tally;
  };

  std::int64_t slots_;
  std::deque<Entry> entries_;
  PairTally total_;
};

}  // namespace driftd::detectors
