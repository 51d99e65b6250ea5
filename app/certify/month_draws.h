// Which day of the reference stands for which day of which month. A pure function of seed, month and day, so
// that neither threads nor the number of months change what a month is made of. A value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "detectors/evidence/certify/reference_days.h"

namespace driftd::app {

class MonthDraws {
 public:
  MonthDraws(const detectors::evidence::ReferenceDays& days, std::uint64_t seed) : days_(days), seed_(seed) {}

  // By month: day number `position` of the months [first, first + months).
  [[nodiscard]] std::vector<std::size_t> of(std::size_t position, std::size_t first,
                                            std::size_t months) const;
  // A slot of a day, for the month's shift.
  [[nodiscard]] std::int64_t moment(std::size_t month) const;

 private:
  // At most kCandidates for all months: what a day's counts say is worked out once for each.
  static constexpr std::size_t kCandidates = 8;
  [[nodiscard]] std::vector<std::size_t> candidates(std::size_t position) const;

  const detectors::evidence::ReferenceDays& days_;
  std::uint64_t seed_;
};

}  // namespace driftd::app
