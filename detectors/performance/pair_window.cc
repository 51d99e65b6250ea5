#include "detectors/performance/pair_window.h"

namespace driftd::detectors {

void PairWindow::push(std::int64_t slot, const PairTally& tally) {
  advance(slot);
  entries_.push_back({slot, tally});
  total_.merge(tally);
}

void PairWindow::advance(std::int64_t newest) {
  while (!entries_.empty() && entries_.front().slot <= newest - slots_) {
    total_.subtract(entries_.front().tally);
    entries_.pop_front();
  }
}

void PairWindow::save(Encoder& out) const {
  out.put_u64(entries_.size());
  for (const Entry& entry : entries_) {
    out.put_i64(entry.slot);
    entry.tally.save(out);
  }
}

Result<PairWindow> PairWindow::load(std::int64_t slots, Decoder& in) {
  PairWindow window(slots);
  for (std::size_t n = in.get_count(2); n > 0 && in.ok(); --n) {
    const std::int64_t slot = in.get_i64();
    auto tally = PairTally::load(in);
    if (!tally.ok()) return tally.error();
    if (!window.entries_.empty() && slot <= window.entries_.back().slot) in.fail();
    window.push(slot, *tally);
  }
  if (!in.ok()) return Error{ErrorCode::corrupt, "a window of pairs ends too early"};
  return window;
}

}  // namespace driftd::detectors
