#include <algorithm>
#include <cmath>
#include <utility>

#include "detectors/statistics/draws.h"
#include "detectors/statistics/row_tests.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {
namespace {

struct Taught {
  std::span<const double> row;
  bool current;
};

std::vector<Taught> taught_rows(const RowMatrix& reference, const RowMatrix& current) {
  std::vector<Taught> rows;
  for (std::size_t i = 0; i < reference.size(); i += 2) rows.push_back({reference.row(i), false});
  for (std::size_t i = 0; i < current.size(); i += 2) rows.push_back({current.row(i), true});
  return rows;
}

double score_of(std::span<const double> row, const std::vector<Taught>& taught, std::size_t neighbours,
                std::vector<std::pair<double, std::size_t>>& distances) {
  distances.clear();
  for (std::size_t i = 0; i < taught.size(); ++i)
    distances.emplace_back(squared_distance(row, taught[i].row), i);
  const auto end = distances.begin() + static_cast<std::ptrdiff_t>(neighbours);
  std::nth_element(distances.begin(), end - 1, distances.end());
  const auto votes =
      std::count_if(distances.begin(), end, [&](const auto& one) { return taught[one.second].current; });
  return static_cast<double>(votes) / static_cast<double>(neighbours);
}

// The mid-rank of each score, from 1.
std::vector<double> mid_ranks(const std::vector<double>& scores) {
  std::vector<std::size_t> order(scores.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] < scores[b]; });
  std::vector<double> ranks(scores.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    while (end < order.size() && scores[order[end]] == scores[order[i]]) ++end;
    for (std::size_t j = i; j < end; ++j) ranks[order[j]] = static_cast<double>(i + end + 1) / 2;
    i = end;
  }
  return ranks;
}

}  // namespace

std::optional<ClassifierTest> classifier_test(const RowMatrix& reference, const RowMatrix& current) {
  if (reference.size() < kFewestRows || current.size() < kFewestRows) return std::nullopt;
  const std::vector<Taught> taught = taught_rows(reference, current);
  ClassifierTest result;
  result.neighbours = static_cast<std::size_t>(std::sqrt(static_cast<double>(taught.size())));
  std::vector<double> scores;  // the current rows' first
  std::vector<std::pair<double, std::size_t>> distances;
  for (std::size_t i = 1; i < current.size(); i += 2) {
    scores.push_back(score_of(current.row(i), taught, result.neighbours, distances));
  }
  const std::size_t positives = scores.size();
  for (std::size_t i = 1; i < reference.size(); i += 2) {
    scores.push_back(score_of(reference.row(i), taught, result.neighbours, distances));
  }
  const std::vector<double> ranks = mid_ranks(scores);
  const auto first = static_cast<double>(positives), others = static_cast<double>(scores.size() - positives);
  const auto area = [&](const std::vector<std::uint32_t>& entries) {
    double sum = 0;
    for (std::size_t i = 0; i < positives; ++i) sum += ranks[entries[i]];
    return (sum - first * (first + 1) / 2) / (first * others);
  };
  std::vector<std::uint32_t> as_they_are(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) as_they_are[i] = static_cast<std::uint32_t>(i);
  result.auc = area(as_they_are);
  result.p_value = permutation_p_value(result.auc, scores.size(), positives, kPermutations, kRowSeed, area);
  return result;
}

}  // namespace driftd::detectors
