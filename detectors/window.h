// Window: the tallies of the last n slots of one series and their total, exact whatever comes and goes.
//
// Slots are numbered (slot_of); the window covers the n slots that end at the newest closed one, empty
// ones included. Slots come in rising order, each once. Memory: the encoded tallies of slots that were
// not empty, and one total. A value; no threads.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/tally.h"

namespace driftd::detectors {

class Window {
 public:
  // `slots` >= 1.
  Window(std::shared_ptr<const TallyLayout> layout, std::int64_t slots);

  // The slot has closed with this tally. Precondition: it is after every earlier one.
  void push(std::int64_t slot, const Tally& tally);
  // Slots up to this one have closed without events of the series.
  void advance(std::int64_t newest);

  // From now on so many slots >= 1. Those that a shorter window has let go do not come back.
  void resize(std::int64_t slots);

  // Counts of the slots covered; without notes of new categories.
  [[nodiscard]] const Tally& total() const { return total_; }
  // The slots covered with their notes: decodes each.
  [[nodiscard]] Tally with_new_categories() const;
  // Counts of the last `slots` <= slots() slots alone.
  [[nodiscard]] Tally last(std::int64_t slots) const;
  [[nodiscard]] std::int64_t slots() const { return slots_; }
  [[nodiscard]] std::int64_t newest() const { return newest_; }

  void save(Encoder& out) const;
  static Result<Window> load(std::shared_ptr<const TallyLayout> layout, std::int64_t slots, Decoder& in);

 private:
  struct Entry {
    std::int64_t slot = 0;
    std::string tally;
  };
  void evict();

  std::int64_t slots_;
  std::int64_t newest_;
  std::deque<Entry> entries_;
  Tally total_;
};

}  // namespace driftd::detectors
