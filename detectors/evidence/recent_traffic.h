// RecentTraffic: how many values a slot held in the mean of the last 7 days, monitor by monitor
// (STATISTICS 5, *used*: more traffic is not more evidence).
//
// A ring of 168 hours of event time; a slot belongs to the hour in which it begins. Slots without values
// count in the mean, those before the first slot seen do not. Integers, so that the same slots give the
// same mean however they came. A value; no threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/codec.h"
#include "core/time.h"

namespace driftd::detectors::evidence {

class RecentTraffic {
 public:
  RecentTraffic(std::size_t monitors, Duration slot);

  // The clock is at `slot`, which never falls; what is older than 7 days is forgotten.
  void advance(std::int64_t slot);
  // Values of the slot that advance() named last.
  void add(std::size_t monitor, std::int64_t values);
  // The mean to the slot that advance() named last; 0 before any.
  [[nodiscard]] double per_slot(std::size_t monitor) const;

  void save(Encoder& out) const;
  // False where the bytes are no state of so many monitors.
  bool load(Decoder& in);

 private:
  [[nodiscard]] std::int64_t hour_of(std::int64_t slot) const { return slot_of(slot * slot_, kHour); }
  [[nodiscard]] std::size_t place(std::int64_t hour, std::size_t monitor) const;

  Duration slot_;
  std::optional<std::int64_t> first_;
  std::int64_t last_ = 0;
  std::vector<std::int64_t> hours_;  // by hour modulo 168, then monitor
  std::vector<std::int64_t> totals_;
};

}  // namespace driftd::detectors::evidence
