// One sample of numbers: its summary, and the shown bins (data/MANIFEST.md, conventions of expected/). All
// vectors are sorted and finite. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/statistics/answers.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

struct Summary {
  double least = 0;
  double most = 0;
  double mean = 0;
  std::optional<double> standard_deviation;  // of the sample (n - 1); none for one value
};
std::optional<Summary> summary_of(Sorted values);

// numpy.quantile(values, k / bins), k = 1 ... bins - 1, linear interpolation, duplicates removed.
std::vector<double> quantile_edges(Sorted values, std::int64_t bins);
// edges.size() + 1 counts, of (-inf, e1], (e1, e2], ..., (em, inf).
std::vector<std::int64_t> counts_in_bins(Sorted values, std::span<const double> edges);

// Of raw values: all that needs their order, distances or moments, but ks, which has more p-values than one
// (two_samples.h). The summaries are those of the two sides.
void add_number_statistics(const TwoSamples& samples, const Summary& reference, const Summary& current,
                           Answers& answers);

}  // namespace driftd::detectors
