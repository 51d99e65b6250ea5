// How soon a series tells of a shift: its months go on from where the months without one are, and from some
// slot on what is drawn has shifted. The series alone has to reach 1, nobody adds to S: a little later than
// in the service. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/evidence/certify/kind_months.h"

namespace driftd::detectors::evidence {

struct ShiftTrial {
  std::vector<std::vector<std::size_t>> drawn;  // day by day, by lane: those of the reference
  std::vector<std::vector<double>> capital;     // by lane: M when the first of these days begins
  std::vector<std::int64_t> begins;             // by lane: slot of the first day from which on it has shifted
  std::int64_t patience = 0;                    // slots from there
  MonthOptions options;                         // `first` is the first of these days' first slot
};

// By lane: how many slots after the shift the series alarmed; empty where it did not within the patience.
// `shifted`: as series.counts. Precondition: the days last for begins + patience.
std::vector<std::optional<std::int64_t>> slots_until_found(const ReferenceDays& days,
                                                           const ReplaySeries& series,
                                                           std::span<const std::int64_t> shifted,
                                                           const ShiftTrial& trial);

}  // namespace driftd::detectors::evidence
