// The embeddings of a reference, and the length scales of their kernels (derived/length_scale.h). Pure:
// depends on the rows alone, not on their order.
#pragma once

#include <vector>

#include "detectors/derived/definitions.h"
#include "detectors/profile.h"
#include "detectors/reference_columns.h"
#include "detectors/row_sample.h"

namespace driftd::detectors {

// Those among the columns of the predictions' side, whose values `sources` give by row: the first
// kMostEmbeddings. The rows that the scale rests on are those with the smallest hashes. None where no Fourier
// features are wanted or the rows are too few for derived columns; none of a column whose rows are all the
// same.
std::vector<derived::Embedding> reference_embeddings(const Profile& profile,
                                                     const std::vector<ColumnSource>& sources,
                                                     const Table& table, const RowIndexes& rows,
                                                     const derived::Options& options);

}  // namespace driftd::detectors
