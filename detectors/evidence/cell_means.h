// Means by calendar cell, shrunk where a cell has seen little (STATISTICS 2 and 6). Linear in the counts, so
// the same rule serves laws (the mean of each symbol's indicator) and means of functionals. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "detectors/evidence/calendar.h"

namespace driftd::detectors::evidence {

// What so many values add up to: counts of symbols, or sums of functionals.
struct Sums {
  double n = 0;
  std::vector<double> sums;
};

struct Means {
  double n = 0;  // n_ref_cell
  std::vector<double> means;
};

// Means of every cell of the calendar; none where `whole` has no values. Each is smoothed by half a count
// per symbol of the whole's mean, (s + .5 K m)/(n + .5 K); with fewer than 400 values it is drawn to its
// parent's as if by 200 values more. Parents: of an hour of the week the hour of the day, of that the
// whole. Preconditions: as many cells as the calendar has, all of one width.
std::vector<Means> shrunk_means(const Sums& whole, std::span<const Sums> cells, Cells kind,
                                std::size_t symbols);

}  // namespace driftd::detectors::evidence
