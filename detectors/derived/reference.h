// The derived columns of a reference: chosen, drawn and counted (STATISTICS 6 and 11). Behind the door
// profile_builder.h. Pure: depends on the rows alone, not on their order.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "detectors/derived/fit.h"
#include "detectors/profile.h"

namespace driftd::detectors::derived {

// Half of fewer says too little of what goes with what.
inline constexpr std::size_t kLeastRows = 1000;
inline constexpr std::int64_t kNoBlock = std::numeric_limits<std::int64_t>::min();

struct DerivedReference {
  CellRows rows;  // with the codes of Fourier features behind the cells
  std::vector<Embedding> embeddings;
  std::vector<std::int64_t> blocks;   // by row: its five minutes, or kNoBlock; rising
  std::vector<std::uint64_t> hashes;  // by row: of its content
};

// Puts the definitions and the columns into the profile, whose other columns of the predictions' side are
// there with their counts, and no other columns. Nothing where nothing is wanted, or the rows are fewer than
// kLeastRows. Gives what the blocks have counted of them: tallies of the side without events.
//
// Fitted columns are counted on the odd five minutes of the reference and chosen on the even ones; where rows
// have no time, or one of the two has under a quarter of them, the hash parts the rows instead.
std::map<std::int64_t, std::string> add_derived_columns(Profile& profile, const DerivedReference& reference,
                                                        const Options& options);

// The same with the definitions and bins of another reference, whose other columns are the profile's too.
// Nothing was fitted on these rows, so that all of them are counted.
std::map<std::int64_t, std::string> add_derived_columns_of(const Profile& like, Profile& profile,
                                                           const DerivedReference& reference);

}  // namespace driftd::detectors::derived
