// The length scale of an embedding's kernel. Pure; does not depend on the order of the rows.
#pragma once

#include <cstddef>
#include <vector>

namespace driftd::detectors::derived {

inline constexpr std::size_t kScaleRows = 256;  // whose distances are looked at: each two, 32,640

// The median of the distances above 0 between each two of the rows, all of one length: the median heuristic.
// 0 where there is none.
//
// Source: D. Garreau, W. Jitkrittum, M. Kanagawa, "Large sample analysis of the median heuristic"
// (arXiv 1707.07269). Rows that are the same are left out, for embeddings of few things are looked up.
double median_distance(const std::vector<std::vector<float>>& rows);

}  // namespace driftd::detectors::derived
