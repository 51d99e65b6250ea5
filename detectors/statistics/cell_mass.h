// Where the mass of a cell of a numeric column lies: at the mean of its values, as the places tell it, and
// how far from the truth that may be. Pure; any thread.
#pragma once

#include <cstddef>

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

// Whether the bin (low, high] holds one double only: then nothing is unknown about it.
bool is_point_bin(double low, double high);

}  // namespace driftd::detectors
