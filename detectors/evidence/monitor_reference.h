// What a monitor is measured against: laws over its symbols by calendar cell, how many values stand
// behind each, and how much less than independent events the reference's own events say (STATISTICS 3
// to 6). Plain values, made of a profile by reference_measures.h.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/time.h"

namespace driftd::detectors::evidence {

struct CellLaw {
  std::vector<double> p;  // by symbol, after shrinkage (STATISTICS 6); sums to 1
  double n = 0;           // n_ref_cell
};

// The bank's between-block variance of the residual's mean per event: tau_h^2 for phi_1 and phi_2.
struct BlockScale {
  Duration block = 0;
  std::array<double, 2> tau2{};
};

// One reference profile; there are several where regimes recur.
struct Regime {
  std::vector<CellLaw> cells;      // by calendar cell; never empty
  std::vector<BlockScale> blocks;  // numeric monitors alone; none: no bank
};

struct MonitorReference {
  std::vector<double> p;        // by symbol, of the whole (first) reference: the payoffs' shapes come from it
  double n = 0;                 // values in it
  double per_slot = 0;          // Nbar_ref: mean values per slot over its span
  std::vector<Regime> regimes;  // never empty; the first is that of `p`
  double inflation = 1;         // the variance inflation factor, >= 1: the largest of all regimes
  bool resolved = true;         // false: the factor still grew at the longest blocks (STATISTICS 5)
};

}  // namespace driftd::detectors::evidence
