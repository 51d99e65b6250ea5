// RecentTallies: the counts of one series since any slot not too long ago, in memory that grows with the
// logarithm of time.
//
// Slots are kept one by one while they are new, then in aligned pairs, fours, eights ... (dyadic blocks, as
// in the exponential histograms of Datar et al. 2002), at most kKept blocks of each length. since() answers
// from the blocks that begin at or after a slot and, of the block that holds it, if at least half of that
// lies after it. What is kept depends on the slots alone, not on when they were pushed together.
//
// A value; tallies are kept encoded (Tally::encode). No threads.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/tally.h"

namespace driftd::detectors {

class RecentTallies {
 public:
  static constexpr std::size_t kKept = 8;     // blocks of each length, before the oldest two merge
  static constexpr std::size_t kLevels = 24;  // of slots of a minute: the longest block is 16 years

  // Precondition: after every earlier slot, and of the same layout.
  void push(std::int64_t slot, const Tally& tally) { push(slot, tally.encode()); }
  void push(std::int64_t slot, std::string encoded);
  // Counts from about this slot on; adds to `out`.
  void since(std::int64_t slot, Tally& out) const;
  [[nodiscard]] std::string since(std::int64_t slot) const;  // encoded; empty: nothing
  // The same block by block: its first slot, how many slots it spans, and its encoded counts.
  template <class Use>
  void each_since(std::int64_t slot, const Use& use) const {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
      const std::int64_t length = std::int64_t{1} << level;
      for (const Block& block : levels_[level])
        if ((block.number << level) + length / 2 >= slot) use(block.number << level, length, block.tally);
    }
  }

  void save(Encoder& out) const;
  // Slots of length `slot`. Without a layout the bytes are checked to be counts, not which.
  static Result<RecentTallies> load(const std::shared_ptr<const TallyLayout>& layout, Duration slot,
                                    Decoder& in);

 private:
  struct Block {
    std::int64_t number = 0;  // slot >> level
    std::string tally;
  };
  void merge_oldest(std::size_t level);

  std::vector<std::deque<Block>> levels_;  // oldest first within each
};

}  // namespace driftd::detectors
