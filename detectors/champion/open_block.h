// What waits to be set against the other arm: the losses of a block of slots that have met none yet.
//
// Two losses of one id are one difference as soon as both are there. What is left when the block ends is
// matched within strata, k losses of the arm that has more of them against one of the other: k is how often
// the smaller number goes into the larger, at most 8. Who meets whom follows from hashes of ids, never from
// losses, so that where requests are dealt to the arms at random each difference has the mean of the
// difference, and what is left over is dropped without regard to it.
//
// Slots are added in rising order; within a slot the order does not matter. A value; no threads, no I/O.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/champion/difference_counts.h"

namespace driftd::detectors::champion {

enum class Arm : std::uint8_t { champion, challenger };

struct ArmLoss {
  std::uint64_t id = 0;  // a hash
  Arm arm = Arm::champion;
  double loss = 0;            // in [0, 1]
  std::uint64_t stratum = 0;  // a hash of what makes losses comparable beside the block
  auto operator<=>(const ArmLoss&) const = default;  // NOLINT(modernize-use-nullptr): a fault of the linter's
};

inline constexpr std::size_t kMostPerGroup = 8;

class OpenBlock {
 public:
  // Takes up a slot's losses. `by_id`: those that share an id leave as differences.
  void add(std::vector<ArmLoss> losses, bool by_id, DifferenceCounts& out);
  // The end of the block: what waits is matched within strata and forgotten. Of two arms that share so many
  // ids that these are at least half of the smaller arm, the rest is no random part, and is only forgotten;
  // `by_id` says that those were matched.
  void close(bool by_id, bool by_strata, DifferenceCounts& out);

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] bool empty() const { return waiting_.empty() && matched_ == 0; }

  void save(Encoder& out) const;
  static Result<OpenBlock> load(Decoder& in);
  friend bool operator==(const OpenBlock&, const OpenBlock&) = default;

 private:
  std::vector<ArmLoss> waiting_;  // in order
  std::uint64_t matched_ = 0;     // by id, in this block
};

}  // namespace driftd::detectors::champion
