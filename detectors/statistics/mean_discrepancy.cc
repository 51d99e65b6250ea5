#include <algorithm>
#include <cmath>

#include "detectors/statistics/draws.h"
#include "detectors/statistics/row_tests.h"

namespace driftd::detectors {
namespace {

// Squared distances between all rows of both, the reference's first.
std::vector<double> squared_distances(const RowMatrix& reference, const RowMatrix& current) {
  const std::size_t n = reference.size(), all = n + current.size();
  const auto row = [&](std::size_t i) { return i < n ? reference.row(i) : current.row(i - n); };
  std::vector<double> squares(all * all, 0.0);
  for (std::size_t i = 0; i < all; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      squares[i * all + j] = squares[j * all + i] = squared_distance(row(i), row(j));
    }
  }
  return squares;
}

double bandwidth_of(const std::vector<double>& squares, std::size_t all) {
  std::vector<double> pairs;
  pairs.reserve(all * (all - 1) / 2);
  double sum = 0;
  for (std::size_t i = 0; i < all; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      pairs.push_back(std::sqrt(squares[i * all + j]));
      sum += pairs.back();
    }
  }
  const auto middle = pairs.begin() + static_cast<std::ptrdiff_t>(pairs.size() / 2);
  std::nth_element(pairs.begin(), middle, pairs.end());
  double median = *middle;
  if (pairs.size() % 2 == 0) median = (median + *std::max_element(pairs.begin(), middle)) / 2;
  return median > 0 ? median : sum / static_cast<double>(pairs.size());
}

}  // namespace

std::optional<MeanDiscrepancy> mean_discrepancy(const RowMatrix& reference, const RowMatrix& current) {
  const std::size_t n = reference.size(), m = current.size(), all = n + m;
  if (n < kFewestRows || m < kFewestRows) return std::nullopt;
  std::vector<double> kernel = squared_distances(reference, current);
  MeanDiscrepancy result;
  result.bandwidth = bandwidth_of(kernel, all);
  if (!(result.bandwidth > 0)) return result;  // all rows are the same
  for (double& cell : kernel) cell = std::exp(-cell / (2 * result.bandwidth * result.bandwidth));
  std::vector<double> sums(all, 0.0);  // of each row, without itself
  double whole = 0;
  for (std::size_t i = 0; i < all; ++i) {
    for (std::size_t j = 0; j < all; ++j) sums[i] += j == i ? 0 : kernel[i * all + j];
    whole += sums[i];
  }
  const auto x = static_cast<double>(n), y = static_cast<double>(m);
  const auto estimate = [&](const std::vector<std::uint32_t>& entries) {
    double within = 0, touching = 0;  // pairs inside the first group; and with one end in it
    for (std::size_t i = 0; i < n; ++i) {
      const double* row = kernel.data() + entries[i] * all;
      touching += sums[entries[i]];
      for (std::size_t j = 0; j < i; ++j) within += row[entries[j]];
    }
    within *= 2;
    const double between = touching - within;
    return within / (x * (x - 1)) + (whole - within - 2 * between) / (y * (y - 1)) - 2 * between / (x * y);
  };
  std::vector<std::uint32_t> as_they_are(all);
  for (std::size_t i = 0; i < all; ++i) as_they_are[i] = static_cast<std::uint32_t>(i);
  result.squared = estimate(as_they_are);
  result.p_value = permutation_p_value(result.squared, all, n, kPermutations, kRowSeed, estimate);
  return result;
}

}  // namespace driftd::detectors
