// How large a drift is, and in which words: the effect, apart from the evidence (STATISTICS 1 and 7).
//
// Both look at the counts since a drift began beside the reference's. The partition for the effect is:
// missing, below the reference's minimum, its bins or categories (and other, new), above its maximum, so that
// a column that goes missing or out of range moves as well. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "detectors/cells.h"
#include "detectors/evidence/monitor.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {

struct Effect {
  double excess = 0;        // total variation less what equal laws show at these sizes; may be negative
  double variation = 0;     // total variation
  std::int64_t values = 0;  // events behind it
};
Effect effect_of(const ColumnProfile& column, std::span<const CellCount> now);

// Mean and standard deviation of a numeric column's values that are not missing, each cell's mass at its
// mean.
struct ColumnMoments {
  double mean = 0;
  double deviation = 0;
  double values = 0;
};
ColumnMoments moments_of(const ColumnProfile& column, std::span<const CellCount> counts);

// What moved: the shape of an alarm's part, and the largest component behind it.
struct Movement {
  Shape shape = Shape::location;
  int direction = 0;
  std::uint16_t symbol = 0;       // the evidence bin, edge or category
  std::string_view new_category;  // the most frequent new one, where the shape is that
};
// "location up, +0.41 sd", "missing 2 % -> 12 %", "new value XX, 3.1 %"; without the column's name.
std::string words_of(const ColumnProfile& column, std::span<const CellCount> now, const Movement& movement);

// "12 %", "3.1 %", "0.04 %".
std::string percent_text(double share);
// Three significant digits; "+" before what is positive where `sign` is asked for.
std::string number_text(double number, bool sign = false);

}  // namespace driftd::detectors::evidence
