#include "detectors/statistics/answers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace driftd::detectors {
namespace {

void drop_if_not_finite(std::optional<double>& value) {
  if (value && !std::isfinite(*value)) value.reset();
}

std::optional<TestResult> result_of(const std::optional<ChiSquare>& test) {
  if (!test) return std::nullopt;
  return TestResult{test->statistic, test->p_value, Method::asymptotic, static_cast<double>(test->dof)};
}

}  // namespace

void Answers::add(StatisticValue answer) {
  if (!wants(answer.statistic) || !std::isfinite(answer.value)) return;
  drop_if_not_finite(answer.null_mean);
  drop_if_not_finite(answer.null_q95);
  drop_if_not_finite(answer.p_value);
  drop_if_not_finite(answer.bound);
  if (!answer.p_value) answer.method = Method::none;
  answers_.push_back(answer);
}

void Answers::add(Statistic statistic, std::optional<double> value, std::optional<NullLaw> law,
                  std::optional<double> bound) {
  if (!value) return;
  StatisticValue answer{.statistic = statistic, .value = *value, .bound = bound};
  if (law) {
    answer.null_mean = law->mean;
    answer.null_q95 = law->q95;
  }
  add(answer);
}

void Answers::add(Statistic statistic, const std::optional<TestResult>& test, std::optional<double> bound) {
  if (!test) return;
  add({.statistic = statistic,
       .value = test->statistic,
       .p_value = test->p_value,
       .method = test->method,
       .dof = test->dof,
       .bound = bound});
}

std::vector<StatisticValue> Answers::take() {
  std::stable_sort(answers_.begin(), answers_.end(), [](const StatisticValue& a, const StatisticValue& b) {
    return a.statistic < b.statistic;
  });
  return std::move(answers_);
}

void add_share_statistics(Counts reference, Counts current, Answers& answers) {
  using Value = std::optional<double> (*)(Counts, Counts);
  using Null = std::optional<NullLaw> (*)(Counts, Counts);
  struct Divergence {
    Statistic statistic;
    Value value;
    Null null;
  };
  constexpr Divergence kDivergences[] = {
      {Statistic::psi, psi, psi_null},
      {Statistic::jensen_shannon, jensen_shannon, jensen_shannon_null},
      {Statistic::kl, kl, kl_null},
      {Statistic::hellinger, hellinger, hellinger_null},
      {Statistic::total_variation, total_variation, total_variation_null},
  };
  for (const auto& [statistic, value, null] : kDivergences) {
    if (answers.wants(statistic)) {
      answers.add(statistic, value(reference, current), null(reference, current));
    }
  }
  if (answers.wants(Statistic::chi_square)) {
    answers.add(Statistic::chi_square, result_of(chi_square(reference, current)));
  }
  if (answers.wants(Statistic::g_test)) answers.add(Statistic::g_test, result_of(g_test(reference, current)));
  if (!answers.wants(Statistic::fisher)) return;
  if (const auto test = fisher(reference, current)) {
    answers.add(Statistic::fisher, TestResult{test->odds_ratio, test->p_value, Method::exact});
  }
}

void add_rank_tests(const TwoSamples& samples, Answers& answers) {
  if (answers.wants(Statistic::cramer_von_mises)) {
    answers.add(Statistic::cramer_von_mises, cramer_von_mises(samples));
  }
  if (answers.wants(Statistic::anderson_darling)) {
    answers.add(Statistic::anderson_darling, anderson_darling(samples));
  }
}

}  // namespace driftd::detectors
