// The statistics of one column as they are collected: only those that are wanted and defined get in. The
// statistics that merged counts and raw values share are added here. A value; no threads.
#pragma once

#include <optional>
#include <vector>

#include "detectors/statistics/shares.h"
#include "detectors/statistics/statistic.h"
#include "detectors/statistics/two_samples.h"

namespace driftd::detectors {

class Answers {
 public:
  explicit Answers(StatisticSet wanted) : wanted_(wanted) {}

  [[nodiscard]] bool wants(Statistic statistic) const { return (wanted_ & bit(statistic)) != 0; }
  [[nodiscard]] bool wants_any(StatisticSet statistics) const { return (wanted_ & statistics) != 0; }

  // Passed over where it is not wanted or no finite number; so is a law, p-value or bound that is none.
  void add(StatisticValue answer);
  void add(Statistic statistic, std::optional<double> value, std::optional<NullLaw> law = {},
           std::optional<double> bound = {});
  void add(Statistic statistic, const std::optional<TestResult>& test, std::optional<double> bound = {});

  // In the order of Statistic.
  std::vector<StatisticValue> take();

 private:
  StatisticSet wanted_;
  std::vector<StatisticValue> answers_;
};

// psi, jensen_shannon, kl, hellinger, total_variation, chi_square, g_test and fisher.
void add_share_statistics(Counts reference, Counts current, Answers& answers);

// cramer_von_mises and anderson_darling, which are the same of steps whatever these are.
void add_rank_tests(const TwoSamples& samples, Answers& answers);

}  // namespace driftd::detectors
