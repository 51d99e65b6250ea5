// Which columns derived columns are made of, and the rank and the score of each of their cells
// (definitions.h). Pure.
#pragma once

#include <vector>

#include "detectors/derived/definitions.h"
#include "detectors/profile.h"

namespace driftd::detectors::derived {

// `columns` are those of the side of the predictions, with the counts of the reference. Columns that do not
// vary are left out, as are those beyond the first kMostFeatures.
//
// Source of the scores: B. L. van der Waerden, "Order tests for the two-sample problem and their power"
// (1952); of mid-ranks for ties as STATISTICS 3 has them.
std::vector<Feature> features_of(const std::vector<const ColumnProfile*>& columns);

}  // namespace driftd::detectors::derived
