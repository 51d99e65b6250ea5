// Columns of a reference that is to be like another profile. Pure.
#pragma once

#include <vector>

#include "core/result.h"
#include "detectors/profile.h"
#include "detectors/reference_columns.h"

namespace driftd::detectors {

// Puts the columns that `like` has on one side, but for derived ones, in place of those of that side: in its
// order, over its bins, without counts; moments are those of the rows. `sources` go with `columns`. An error
// where the predictions' side lacks one.
Status take_bins_of(const Profile& like, Side side, std::vector<ColumnProfile>& columns,
                    std::vector<ColumnSource>& sources);

}  // namespace driftd::detectors
