#include "detectors/statistics/shares.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <vector>

#include "detectors/maths/distributions.h"

namespace driftd::detectors {
namespace {

struct Sizes {
  double reference = 0;
  double current = 0;
  [[nodiscard]] double inverse() const { return 1 / reference + 1 / current; }
};

std::optional<Sizes> sizes_of(Counts reference, Counts current) {
  const auto sum = [](Counts counts) {
    return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  };
  const Sizes sizes{sum(reference), sum(current)};
  if (reference.size() != current.size() || sizes.reference <= 0 || sizes.current <= 0) return std::nullopt;
  return sizes;
}

std::int64_t degrees(Counts reference, Counts current) {
  std::int64_t used = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) used += reference[i] + current[i] > 0 ? 1 : 0;
  return used - 1;
}

// The shares of both sides, bin by bin, where either is above zero.
template <class Visit>
void each_share(Counts reference, Counts current, const Sizes& sizes, Visit visit) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] == 0 && current[i] == 0) continue;
    visit(static_cast<double>(reference[i]) / sizes.reference,
          static_cast<double>(current[i]) / sizes.current);
  }
}

// r asin r + sqrt(1 - r^2) - 1 of r^2.
double excess(double square) {
  if (square < 0.05) return square * (0.5 + square * (1.0 / 24 + square / 80));
  const double r = std::min(std::sqrt(square), 1.0);
  return r * std::asin(r) + std::sqrt(1 - r * r) - 1;
}

}  // namespace

std::optional<double> psi(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) {
    p = std::max(p, kShareFloor);
    q = std::max(q, kShareFloor);
    sum += (q - p) * std::log(q / p);
  });
  return sum;
}

std::optional<double> jensen_shannon(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) {
    const double middle = (p + q) / 2;
    if (p > 0) sum += p * std::log2(p / middle);
    if (q > 0) sum += q * std::log2(q / middle);
  });
  return std::sqrt(std::max(sum, 0.0) / 2);
}

std::optional<double> total_variation(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  double sum = 0;
  each_share(reference, current, *sizes, [&sum](double p, double q) { sum += std::abs(q - p); });
  return sum / 2;
}

std::optional<ChiSquare> chi_square(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  ChiSquare result;
  result.dof = degrees(reference, current);
  if (result.dof == 0) return result;
  const double total = sizes->reference + sizes->current;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto both = static_cast<double>(reference[i] + current[i]);
    if (both == 0) continue;
    const double expected_reference = both * sizes->reference / total;
    const double expected_current = both * sizes->current / total;
    const double r = static_cast<double>(reference[i]) - expected_reference;
    const double c = static_cast<double>(current[i]) - expected_current;
    result.statistic += r * r / expected_reference + c * c / expected_current;
  }
  result.p_value = maths::chi_square_sf(result.statistic, static_cast<double>(result.dof));
  return result;
}

std::optional<NullLaw> psi_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  const auto dof = static_cast<double>(degrees(reference, current));
  if (dof <= 0) return NullLaw{};
  return NullLaw{sizes->inverse() * dof, sizes->inverse() * maths::chi_square_quantile(0.95, dof)};
}

std::optional<NullLaw> jensen_shannon_null(Counts reference, Counts current) {
  const auto sizes = sizes_of(reference, current);
  if (!sizes) return std::nullopt;
  const auto dof = static_cast<double>(degrees(reference, current));
  if (dof <= 0) return NullLaw{};
  const double scale = std::sqrt(sizes->inverse() / (8 * std::numbers::ln2));
  return NullLaw{scale * maths::chi_mean(dof), scale * std::sqrt(maths::chi_square_quantile(0.95, dof))};
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
