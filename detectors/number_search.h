// Which of a column's fine bins a number lies in: a search over at most 256 knots, without a branch or a
// chain of loads that depends on the number. A mispredicted branch costs more than all the comparisons.
//
// Knots lie in groups of kKnotGroup, the last one filled up with infinity, behind a first group that holds
// the ends of those that follow it. Pure functions; the widest instructions that the processor at hand has
// are chosen once, at the start of the program, and all give the same.
#pragma once

#include <cstddef>
#include <vector>

namespace driftd::detectors {

inline constexpr std::size_t kKnotGroup = 16;

// Appends `knots` (rising, at most kKnotGroup squared) as the search reads them. The knots themselves begin
// kKnotGroup elements behind the place where this begins.
void append_knot_groups(const std::vector<double>& knots, std::vector<double>& out);

// The first knot that is not below the number. Precondition: the last knot is not.
using BinSearch = std::size_t (*)(const double* groups, double number);
extern const BinSearch bin_of;

// The same with what every processor has.
std::size_t bin_of_anywhere(const double* groups, double number);

}  // namespace driftd::detectors
