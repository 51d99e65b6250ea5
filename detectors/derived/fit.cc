#include "detectors/derived/fit.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/hash.h"
#include "detectors/maths/distributions.h"
#include "detectors/maths/principal_components.h"

namespace driftd::detectors::derived {
namespace {

constexpr double kLeastVariance = 1e-6;  // of a score or component

// Scores are whole numbers of at most 2^14, and rows at most 2^14: sums of their products are exact.
struct Moments {
  std::size_t size = 0;
  std::vector<double> mean, covariance;  // in units of 1

  [[nodiscard]] double between(std::size_t i, std::size_t j) const { return covariance[i * size + j]; }
};

Moments moments_of(const std::vector<Feature>& features, const CellRows& rows,
                   std::span<const std::uint32_t> fitted) {
  const std::size_t size = features.size();
  std::vector<std::vector<double>> scores(size);
  for (std::size_t i = 0; i < size; ++i)
    for (const std::uint32_t row : fitted)
      scores[i].push_back(features[i].scores[rows.row(row)[features[i].column]]);
  Moments moments{size, std::vector<double>(size, 0), std::vector<double>(size * size, 0)};
  const auto n = static_cast<double>(fitted.size());
  std::vector<double> sums(size, 0);
  for (std::size_t i = 0; i < size; ++i) {
    for (const double score : scores[i]) sums[i] += score;
    moments.mean[i] = sums[i] / n / kUnit;
    for (std::size_t j = 0; j <= i; ++j) {
      double product = 0;
      for (std::size_t row = 0; row < fitted.size(); ++row) product += scores[i][row] * scores[j][row];
      const double covariance = (product - sums[i] * sums[j] / n) / (n - 1) / kUnit / kUnit;
      moments.covariance[i * size + j] = moments.covariance[j * size + i] = covariance;
    }
  }
  return moments;
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> choose_pairs(const std::vector<Feature>& features,
                                                                  const Moments& moments, std::size_t most) {
  std::vector<std::tuple<double, std::uint32_t, std::uint32_t>> found;
  for (std::uint32_t i = 0; i < moments.size; ++i) {
    for (std::uint32_t j = i + 1; j < moments.size; ++j) {
      const double square = moments.between(i, i) * moments.between(j, j);
      const double dependence = square > 0 ? std::abs(moments.between(i, j)) / std::sqrt(square) : 0;
      found.emplace_back(-dependence, i, j);
    }
  }
  std::sort(found.begin(), found.end());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
  std::size_t codes = 0;
  for (std::size_t k = 0; k < std::min({found.size(), most, kMostPairs}); ++k) {
    const auto& [dependence, first, second] = found[k];
    codes += features[first].ranks.size() * features[second].ranks.size();
    if (codes > kMostPairCodes) break;
    pairs.emplace_back(first, second);
  }
  return pairs;
}

std::optional<Components> leading_components(const Moments& moments, std::optional<std::int64_t> wanted) {
  const std::vector<maths::Eigenvector> all = maths::eigenvectors(moments.covariance, moments.size);
  double total = 0;
  for (const maths::Eigenvector& one : all) total += std::max(one.value, 0.0);
  const std::size_t most = std::min(
      {moments.size - 1, kMostDirections, wanted ? static_cast<std::size_t>(*wanted) : kMostAutomatic});
  Components components{moments.mean, {}, {}};
  double explained = 0;
  for (std::size_t k = 0; k < most && all[k].value > kLeastVariance; ++k) {
    if (!wanted && k > 0 && explained >= kExplained * total) break;
    explained += all[k].value;
    components.loads.push_back(all[k].vector);
    components.variances.push_back(all[k].value);
  }
  return components.loads.empty() ? std::nullopt : std::optional(std::move(components));
}

Direction draw_direction(const std::vector<Feature>& features, const std::vector<std::string>& names,
                         std::uint64_t seed, std::size_t number) {
  constexpr double kSteps = 9007199254740992.0;  // 2^53
  Direction weights;
  double square = 0;
  for (const Feature& feature : features) {
    const std::uint64_t draw = hash64(names[feature.column], hash64(std::to_string(number), seed));
    weights.push_back(maths::normal_quantile((static_cast<double>(draw >> 11U) + 0.5) / kSteps));
    square += weights.back() * weights.back();
  }
  const auto smaller = [](double a, double b) { return std::abs(a) < std::abs(b); };
  const double largest = *std::max_element(weights.begin(), weights.end(), smaller);
  const double length = largest < 0 ? -std::sqrt(square) : std::sqrt(square);  // it reads better upward
  for (double& weight : weights) weight /= length;
  return weights;
}

}  // namespace

Definitions fit(std::vector<Feature> features, const std::vector<std::string>& names, const CellRows& rows,
                std::span<const std::uint32_t> fitted, const Options& options) {
  Definitions made;
  made.seed = options.seed;
  made.missing_pattern = options.missing_pattern;
  if (features.size() < 2 || fitted.size() < 2) return made;
  made.features = std::move(features);
  for (std::size_t i = 0; i < static_cast<std::size_t>(options.projections); ++i)
    made.projections.push_back(draw_direction(made.features, names, options.seed, i));
  const bool components = options.components.value_or(1) > 0;
  if (options.pairs == 0 && !components) return made;
  const Moments moments = moments_of(made.features, rows, fitted);
  made.pairs = choose_pairs(made.features, moments, static_cast<std::size_t>(options.pairs));
  if (components) made.components = leading_components(moments, options.components);
  return made;
}

}  // namespace driftd::detectors::derived
