#include "detectors/statistics/exact_numeric.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "core/exact_sum.h"

namespace driftd::detectors {
namespace {

// numpy's interpolation, to the bit.
double between(double low, double high, double t) {
  const double difference = high - low;
  return t >= 0.5 ? high - difference * (1 - t) : low + difference * t;
}

}  // namespace

std::optional<Summary> summary_of(Sorted values) {
  if (values.empty()) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  ExactSum sum, squares;
  for (const double value : values) sum.add(value);
  Summary summary{values.front(), values.back(), sum.value() / n, std::nullopt};
  for (const double value : values) squares.add((value - summary.mean) * (value - summary.mean));
  if (values.size() > 1) summary.standard_deviation = std::sqrt(squares.value() / (n - 1));
  return summary;
}

std::vector<double> quantile_edges(Sorted values, std::int64_t bins) {
  std::vector<double> edges;
  if (values.empty()) return edges;
  for (std::int64_t k = 1; k < bins; ++k) {
    const double at =
        static_cast<double>(values.size() - 1) * (static_cast<double>(k) / static_cast<double>(bins));
    const double floor = std::floor(at);
    const auto low = static_cast<std::size_t>(floor);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    edges.push_back(between(values[low], values[high], at - floor));
  }
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  return edges;
}

std::vector<std::int64_t> counts_in_bins(Sorted values, std::span<const double> edges) {
  std::vector<std::int64_t> counts;
  auto from = values.begin();
  for (const double edge : edges) {
    const auto end = std::upper_bound(from, values.end(), edge);
    counts.push_back(std::distance(from, end));
    from = end;
  }
  counts.push_back(std::distance(from, values.end()));
  return counts;
}

void add_number_statistics(const TwoSamples& samples, const Summary& reference, const Summary& current,
                           Answers& answers) {
  add_rank_tests(samples, answers);
  answers.add(Statistic::kuiper, kuiper(samples));
  answers.add(Statistic::mann_whitney, mann_whitney(samples));
  answers.add(Statistic::auc, auc(samples));
  answers.add(Statistic::energy, energy(samples), energy_null(samples));
  const Moments before{static_cast<double>(samples.n()), reference.mean, reference.standard_deviation};
  const Moments now{static_cast<double>(samples.m()), current.mean, current.standard_deviation};
  answers.add(Statistic::welch_t, welch_t(before, now));
  const auto distance = wasserstein(samples);
  if (!distance) return;
  const auto law = wasserstein_null(samples);
  answers.add(Statistic::wasserstein, distance, law);
  const double sd = reference.standard_deviation.value_or(0);
  if (!(sd > 0) || !std::isfinite(sd)) return;
  answers.add(Statistic::wasserstein_normed, *distance / sd,
              law ? std::optional(NullLaw{law->mean / sd, law->q95 / sd}) : std::nullopt);
}

}  // namespace driftd::detectors
