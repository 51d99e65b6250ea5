// Residuals of a reference against itself: what each of its blocks says beyond the calendar, judged by the
// rest of the reference (STATISTICS 5). Their sums over longer and longer blocks tell how much less than
// independent events the events say. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/time.h"
#include "detectors/evidence/calendar.h"
#include "detectors/evidence/reference_measures.h"

namespace driftd::detectors::evidence {

// A function of the value: what it is on every symbol.
using Functional = std::vector<double>;

// phi_1 and phi_2 of the symbols' mid-ranks (STATISTICS 3).
std::vector<Functional> tilt_functionals(std::span<const double> p);
// The indicator of each symbol with p >= .05; of the most frequent where there is none.
std::vector<Functional> indicator_functionals(std::span<const double> p);
// The indicator of symbol 1.
std::vector<Functional> value_functional(std::size_t symbols);

// Of the blocks that hold values and have a rest to be judged by, in order of time.
struct Residuals {
  std::size_t functionals = 0;
  Time origin = 0;  // start of the reference's first block
  std::vector<Time> starts;
  std::vector<double> events;     // N
  std::vector<double> residuals;  // r = sum f - N m, block by block, functional by functional
  std::vector<double> variances;  // N v, likewise
};

// m and v of each block are those of its cell without the week the block lies in, shrunk as laws are; weeks
// begin with the reference. Without the day where it does not cover 14 days, without a seventh of it
// where it does not cover 2.
Residuals leave_one_out(std::span<const BlockCounts> blocks, std::span<const Functional> functionals,
                        const Calendar& calendar);

// Of one functional over blocks of one length.
struct BlockSums {
  std::int64_t blocks = 0;
  double squares = 0;         // sum r^2
  double variance = 0;        // sum N v
  double squared_events = 0;  // sum N^2
};

// By functional. Blocks of `length` begin at multiples of it from `origin` on; a five-minute block belongs
// to the one that it begins in.
std::vector<BlockSums> sum_over_blocks(const Residuals& residuals, Duration length, Time origin);

}  // namespace driftd::detectors::evidence
