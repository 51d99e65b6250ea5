// Renewal: the second half of the reference `auto`: the counts of the first 14 days over the edges that
// the first 20,000 rows gave (DESIGN 7.6). A value; no threads, no clock.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/codec.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/profile.h"
#include "detectors/segment_reference.h"
#include "detectors/tally.h"

namespace driftd::detectors {

// The five minutes (kProfileBlock) to which a tally belongs are those of the time that comes with it. Where
// slots are longer than that, or do not divide it, a slot's counts are not parted: they stand in the five
// minutes that hold its beginning, and whoever sums blocks over spans of slots gets what was there.
inline constexpr std::size_t kMostNewSegments = 200;

class Renewal {
 public:
  // `profile` is what the first rows gave; `first_slot_start` begins the 14 days.
  Renewal(const Profile& profile, Side side, Duration duration, Time first_slot_start);

  // On-time rows of one slot or of a part of it, counted after those of the profile, any order; `time` is the
  // slot's beginning or that of any of them. `performance` is of the pairs, for Side::pairs. What lies beyond
  // the end is left out.
  void add(Time time, const Tally& tally, const PairTally* performance = nullptr);
  // The same of segments, of one slot at once, by label. Of those that the profile lacks at most
  // kMostNewSegments are followed, in order of the slot of first sight, then of bytes.
  void add_segments(Time time, const std::map<std::string, const Tally*>& tallies);
  // The clock has passed `time`: true once the duration is over.
  [[nodiscard]] bool complete(Time clock) const { return clock >= end_; }
  [[nodiscard]] Time end() const { return end_; }
  // The same edges, with the counts of all that was added: another digest.
  [[nodiscard]] Profile finish() const;

  void save(Encoder& out) const;
  static Result<Renewal> load(const Profile& profile, Decoder& in);

 private:
  Profile profile_;
  Side side_;
  Time end_;
  Time last_ = kNoTime;
  std::shared_ptr<const TallyLayout> layout_;
  Tally total_;
  std::map<std::int64_t, std::string> blocks_;  // five minutes -> encoded tally
  std::map<std::string, SegmentBlocks> segments_;
  PairTally performance_;
};

}  // namespace driftd::detectors
