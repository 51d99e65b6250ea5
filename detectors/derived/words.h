// What moved in a derived column, in words that name the features behind it. Pure; any thread.
#pragma once

#include <set>
#include <span>
#include <string>

#include "detectors/cells.h"
#include "detectors/evidence/drift_effect.h"
#include "detectors/profile.h"

namespace driftd::detectors::derived {

// "income and age no longer move together (rank correlation +0.48 -> +0.02)", "direction of income + .7 age
// moved: location up, +0.41 sd", "text (embedding of 384 numbers) is distributed in another way, seen in
// the cosine of random direction 17 of 64: location up, +0.41 sd". The rank correlation is Spearman's, over
// ranks in the reference: three times the mean product. Precondition: the column is one of the profile's, and
// derived.
std::string words_of(const Profile& profile, const ColumnProfile& column, std::span<const CellCount> now,
                     const evidence::Movement& movement);

// The features whose own drift moves such a column: those that its words name; all of the profile's columns
// where they name none (missing pattern, reconstruction error, T2). The same precondition.
std::set<std::string> features_behind(const Profile& profile, const ColumnProfile& column);

}  // namespace driftd::detectors::derived
