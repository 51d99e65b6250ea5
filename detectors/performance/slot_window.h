// A value that merges and subtracts exactly, over the last n slots, as detectors/window.h holds Tally.
//
// Slots come in rising order, each once; the window covers the n slots that end at the newest closed
// one, empty ones included. Exact: the total equals a new value of what is covered. T has merge(),
// subtract(), save() and a static load(). A value; no threads.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "core/codec.h"
#include "core/result.h"

namespace driftd::detectors {

template <class T>
class SlotWindow {
 public:
  explicit SlotWindow(std::int64_t slots) : slots_(slots) {}

  void push(std::int64_t slot, T value) {
    advance(slot);
    total_.merge(value);
    entries_.push_back({slot, std::move(value)});
  }
  void advance(std::int64_t newest) {
    while (!entries_.empty() && entries_.front().slot <= newest - slots_) {
      total_.subtract(entries_.front().value);
      entries_.pop_front();
    }
  }
  // From now on so many slots >= 1; takes effect with the next push() or advance().
  void resize(std::int64_t slots) { slots_ = slots; }
  [[nodiscard]] const T& total() const { return total_; }

  void save(Encoder& out) const {
    out.put_u64(entries_.size());
    for (const Entry& entry : entries_) {
      out.put_i64(entry.slot);
      entry.value.save(out);
    }
  }
  static Result<SlotWindow> load(std::int64_t slots, Decoder& in) {
    SlotWindow window(slots);
    for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
      const std::int64_t slot = in.get_time();
      auto value = T::load(in);
      if (!value.ok()) return value.error();
      if (!window.entries_.empty() && slot <= window.entries_.back().slot) in.fail();
      window.push(slot, *std::move(value));
    }
    if (!in.ok()) return Error{ErrorCode::corrupt, "a window of slots ends too early"};
    return window;
  }

 private:
  struct Entry {
    std::int64_t slot = 0;
    T value;
  };

  std::int64_t slots_;
  std::deque<Entry> entries_;
  T total_;
};

}  // namespace driftd::detectors
