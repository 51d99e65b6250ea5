// Where the mass of a cell of a numeric column lies: at the mean of its values, as the places tell it, and
// how far from the truth that may be. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>

#include "detectors/cells.h"
#include "detectors/profile.h"

namespace driftd::detectors {

struct CellMass {
  double share = 0;
  double at = 0;      // the mean
  double error = 0;   // how much work it may take to spread the mass as it really lies
  bool known = true;  // false: beyond the scale of the outer places
};

// `total`: values that are not missing. Precondition: the cell holds numbers (below, a bin, above).
CellMass cell_mass(const ColumnProfile& column, std::size_t cell, const CellCount& count, double total);

// How far the reference's values lie below the middles of their places, in widths of their bins: by that the
// mean of its counts is its exact mean. An outlier makes a bin so wide that everything else lies at its
// beginning. At most half a place either way.
double place_bias(const ColumnProfile& column);
// The mean of counts with that bias taken out. `total` as above.
double unbiased_mean(const ColumnProfile& column, std::span<const CellCount> counts, double total,
                     double bias);

// Whether the bin (low, high] holds one double only: then nothing is unknown about it.
bool is_point_bin(double low, double high);

}  // namespace driftd::detectors
