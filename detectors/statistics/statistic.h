// Names of statistics, everywhere the same (DESIGN 4), and the value of one. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace driftd::detectors {

enum class Statistic : std::uint8_t {
  psi,
  jensen_shannon,  // the distance, base 2
  kl,
  hellinger,
  total_variation,
  ks,
  cramer_von_mises,
  anderson_darling,
  kuiper,
  wasserstein,
  wasserstein_normed,  // by the reference's standard deviation
  energy,
  mann_whitney,
  auc,
  welch_t,
  chi_square,
  g_test,
  missing_delta,
  fisher,  // the odds ratio of a 2x2 table
};
inline constexpr std::size_t kStatisticCount = 19;

std::string_view name_of(Statistic statistic);
std::optional<Statistic> statistic_of(std::string_view name);

// A set of statistics, one bit each.
using StatisticSet = std::uint32_t;
inline constexpr StatisticSet kAllStatistics = ~StatisticSet{0};
constexpr StatisticSet bit(Statistic statistic) {
  return StatisticSet{1} << static_cast<unsigned>(statistic);
}

// How a p-value was come by.
enum class Method : std::uint8_t { none, exact, asymptotic, permutation };
std::string_view name_of(Method method);

struct StatisticValue {
  Statistic statistic = Statistic::psi;
  double value = 0;                                // finite
  std::optional<double> null_mean = std::nullopt;  // what no drift gives at these sample sizes
  std::optional<double> null_q95 = std::nullopt;   // and its 95 % point
  std::optional<double> p_value = std::nullopt;
  Method method = Method::none;                // of the p-value
  std::optional<double> dof = std::nullopt;    // degrees of freedom
  std::optional<double> bound = std::nullopt;  // binned: how far the value may be from that of the raw values
};

// nullptr where it is undefined.
const StatisticValue* find(std::span<const StatisticValue> values, Statistic statistic);

}  // namespace driftd::detectors
