#include "detectors/statistics/exact_numeric.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "core/exact_sum.h"
#include "detectors/maths/kolmogorov.h"

namespace driftd::detectors {
namespace {

// Both empirical distribution functions after each distinct value: visit(value, next value, F1, F2).
template <class Visit>
void walk(Sorted a, Sorted b, Visit visit) {
  std::size_t i = 0, j = 0;
  const auto share = [](std::size_t count, Sorted values) {
    return static_cast<double>(count) / static_cast<double>(values.size());
  };
  while (i < a.size() || j < b.size()) {
    const double value = j == b.size() || (i < a.size() && a[i] <= b[j]) ? a[i] : b[j];
    while (i < a.size() && a[i] == value) ++i;
    while (j < b.size() && b[j] == value) ++j;
    double next = value;
    if (i < a.size()) next = a[i];
    if (j < b.size() && (i == a.size() || b[j] < next)) next = b[j];
    visit(value, next, share(i, a), share(j, b));
  }
}

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

std::optional<KolmogorovSmirnov> kolmogorov_smirnov(Sorted reference, Sorted current) {
  if (reference.empty() || current.empty()) return std::nullopt;
  KolmogorovSmirnov result;
  walk(reference, current, [&result](double, double, double f1, double f2) {
    result.statistic = std::max(result.statistic, std::abs(f1 - f2));
  });
  const auto n = static_cast<double>(std::max(reference.size(), current.size()));
  const auto m = static_cast<double>(std::min(reference.size(), current.size()));
  const double effective = n * m / (n + m);
  const auto rounded = static_cast<std::int64_t>(std::nearbyint(effective));
  if (rounded > 0) result.p_value = maths::kstwo_sf(rounded, result.statistic);
  result.p_value_limit = maths::kolmogorov_sf(result.statistic * std::sqrt(effective));
  return result;
}

std::optional<double> wasserstein(Sorted reference, Sorted current) {
  if (reference.empty() || current.empty()) return std::nullopt;
  ExactSum area;
  walk(reference, current, [&area](double value, double next, double f1, double f2) {
    area.add(std::abs(f1 - f2) * (next - value));
  });
  return area.value();
}

}  // namespace driftd::detectors
