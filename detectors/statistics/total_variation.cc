#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "detectors/maths/distributions.h"
#include "detectors/statistics/share_sizes.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors {
namespace {

// r asin r + sqrt(1 - r^2) - 1 of r^2.
double excess(double square) {
  if (square < 0.05) return square * (0.5 + square * (1.0 / 24 + square / 80));
  const double r = std::min(std::sqrt(square), 1.0);
  return r * std::asin(r) + std::sqrt(1 - r * r) - 1;
}

}  // namespace

std::optional<double> total_variation(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) { sum += std::abs(q - p); });
  return sum / 2;
}

std::optional<NullLaw> total_variation_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  if (degrees(reference, current) <= 0) return NullLaw{};
  std::vector<double> odds, deviations;
  double mean = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double share = static_cast<double>(reference[i] + current[i]) / (sizes->reference + sizes->current);
    if (share == 0) continue;
    odds.push_back(share / (1 - share));
    deviations.push_back(std::sqrt(share * (1 - share) * sizes->inverse()));
    mean += deviations.back() * std::sqrt(2 / std::numbers::pi) / 2;
  }
  // The covariance of |X| and |Y| of two normals with correlation r; among many, that of any two
  // adds next to nothing.
  const bool few = odds.size() <= 300;
  double variance = 0;
  for (std::size_t i = 0; i < odds.size(); ++i) {
    for (std::size_t j = few ? 0 : i; j < (few ? odds.size() : i + 1); ++j) {
      const double covariance = 2 / std::numbers::pi * excess(i == j ? 1 : odds[i] * odds[j]);
      variance += deviations[i] * deviations[j] * covariance / 4;
    }
  }
  const double shape = mean * mean / variance;
  return NullLaw{mean, maths::chi_square_quantile(0.95, 2 * shape) * variance / mean / 2};
}

}  // namespace driftd::detectors
