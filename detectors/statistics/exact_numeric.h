// Two-sample statistics on the values themselves, and the shown bins of a numeric column
// (data/MANIFEST.md, conventions of expected/). All vectors are sorted and finite. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace driftd::detectors {

using Sorted = std::span<const double>;

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

// Kolmogorov-Smirnov. `p_value` is the exact one-sample law at the effective size n m / (n + m), rounded
// half to even, as scipy.stats.ks_2samp(method="asymp") gives it: asymptotic in truth, and none where that
// size is 0. `p_value_limit` is Kolmogorov's limit law.
struct KolmogorovSmirnov {
  double statistic = 0;
  std::optional<double> p_value;
  double p_value_limit = 1;
};
std::optional<KolmogorovSmirnov> kolmogorov_smirnov(Sorted reference, Sorted current);

// Order 1, in the unit of the values (scipy.stats.wasserstein_distance).
std::optional<double> wasserstein(Sorted reference, Sorted current);

}  // namespace driftd::detectors
