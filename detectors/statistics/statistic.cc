#include "detectors/statistics/statistic.h"

#include <algorithm>
#include <array>

namespace driftd::detectors {
namespace {

constexpr std::array<std::string_view, kStatisticCount> kNames = {"psi",
                                                                  "jensen_shannon",
                                                                  "kl",
                                                                  "hellinger",
                                                                  "total_variation",
                                                                  "ks",
                                                                  "cramer_von_mises",
                                                                  "anderson_darling",
                                                                  "kuiper",
                                                                  "wasserstein",
                                                                  "wasserstein_normed",
                                                                  "energy",
                                                                  "mann_whitney",
                                                                  "auc",
                                                                  "welch_t",
                                                                  "chi_square",
                                                                  "g_test",
                                                                  "missing_delta",
                                                                  "fisher"};
constexpr std::array<std::string_view, 4> kMethods = {"none", "exact", "asymptotic", "permutation"};

}  // namespace

std::string_view name_of(Statistic statistic) { return kNames[static_cast<std::size_t>(statistic)]; }
std::string_view name_of(Method method) { return kMethods[static_cast<std::size_t>(method)]; }

std::optional<Statistic> statistic_of(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Statistic>(found - kNames.begin());
}

const StatisticValue* find(std::span<const StatisticValue> values, Statistic statistic) {
  const auto found = std::find_if(values.begin(), values.end(),
                                  [statistic](const StatisticValue& v) { return v.statistic == statistic; });
  return found == values.end() ? nullptr : &*found;
}

}  // namespace driftd::detectors
