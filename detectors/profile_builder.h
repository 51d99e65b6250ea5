// Rows become a Profile (DESIGN 7.6). Pure: the result depends on the rows alone, not on their order.
#pragma once

#include "core/result.h"
#include "detectors/profile.h"
#include "detectors/rows.h"
#include "detectors/table.h"

namespace driftd::detectors {

enum class ProfileParts : std::uint8_t {
  predictions,  // features, prediction, score
  pairs,        // label, loss, performance
  both,
};

// Errors (`invalid`): no rows; bins outside 2 .. kMostShownBins. A column that the options call numeric
// counts what is no number as type_change.
Result<Profile> build_profile(const Table& table, const ProfileOptions& options,
                              ProfileParts parts = ProfileParts::both);

// Of other rows over the very bins and categories of `like`, with its columns and task: another state of the
// same model that is normal too. Columns that `like` does not have are left out; where there are no labels,
// label and loss count nothing. Errors (`invalid`): no rows; a column of `like` that the rows lack.
Result<Profile> build_profile_like(const Table& table, const ProfileOptions& options, const Profile& like);

}  // namespace driftd::detectors
