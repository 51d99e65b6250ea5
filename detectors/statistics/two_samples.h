// Two samples of numbers side by side: each distinct value with how often it is on either side, rising. What
// compares orders or distances is computed from these steps alone, so the same code serves raw values
// and merged counts, where a step is a cell and what lies in one cell is tied.
//
// Each statistic answers nothing where it is undefined. Ties count one half (mid-ranks). Ranks are whole
// numbers, so nothing is lost however many values there are. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "detectors/statistics/shares.h"
#include "detectors/statistics/statistic.h"

namespace driftd::detectors {

struct Step {
  double at = 0;
  std::int64_t reference = 0;
  std::int64_t current = 0;
  [[nodiscard]] std::int64_t both() const { return reference + current; }
};

class TwoSamples {
 public:
  // Steps without a value are left out.
  explicit TwoSamples(std::vector<Step> steps);

  [[nodiscard]] std::span<const Step> steps() const { return steps_; }
  [[nodiscard]] std::int64_t n() const { return n_; }  // of the reference
  [[nodiscard]] std::int64_t m() const { return m_; }
  [[nodiscard]] std::int64_t all() const { return n_ + m_; }
  // Both sides have a value, and products of ranks fit: n + m < 2^40 and n m < 2^60.
  [[nodiscard]] bool comparable() const;

 private:
  std::vector<Step> steps_;
  std::int64_t n_ = 0, m_ = 0;
};

using Sorted = std::span<const double>;  // rising and finite
TwoSamples two_samples(Sorted reference, Sorted current);

struct TestResult {
  double statistic = 0;
  std::optional<double> p_value = std::nullopt;
  Method method = Method::none;  // of the p-value
  std::optional<double> dof = std::nullopt;
};

// The largest |F - G| over all values. `p_value` is the exact one-sample law at the effective size
// n m / (n + m), rounded half to even, as scipy.stats.ks_2samp(method="asymp") gives it: asymptotic in truth,
// and none where that size is 0. `p_value_limit` is Kolmogorov's limit law, `p_value_exact` the exact
// two-sample law that scipy's "auto" takes up to 10,000 values a side (ties make it an upper bound).
struct KolmogorovSmirnov {
  double statistic = 0;
  std::optional<double> p_value;
  double p_value_limit = 1;
  std::optional<double> p_value_exact;
};
inline constexpr std::int64_t kMostForExactKs = 10'000;
std::optional<KolmogorovSmirnov> kolmogorov_smirnov(const TwoSamples& samples);

// T of T. Anderson 1962: n m / (n + m)^2 times the sum of (F - G)^2 over all values, F and G
// right-continuous. Exact up to 20 values a side, else the limit law at T's mean and variance
// (scipy.stats.cramervonmises_2samp, method="auto"). At least two values a side. Differs from scipy where
// values are tied: its mid-ranks then count ties as distance (10 times the value 1 against
// 40 times the same give T = 9.4).
std::optional<TestResult> cramer_von_mises(const TwoSamples& samples);

// The k-sample statistic of F. Scholz and M. Stephens 1987 with mid-ranks, standardized; the p-value is
// interpolated in their table and lies between .001 and .25 (scipy.stats.anderson_ksamp). At least two
// distinct values, and four in all.
std::optional<TestResult> anderson_darling(const TwoSamples& samples);

// The largest F - G plus the largest G - F (N. Kuiper 1960); p-value of the limit law at the effective size
// with the correction of M. Stephens 1970.
std::optional<TestResult> kuiper(const TwoSamples& samples);

// U of the reference: pairs in which it is the larger one, ties one half. Exact where a side has at most 8
// values, none tied, and n m is at most 2e7; else normal with correction for ties and continuity
// (scipy.stats.mannwhitneyu, method="auto"). `auc` is P(current > reference), ties one half.
std::optional<TestResult> mann_whitney(const TwoSamples& samples);
std::optional<double> auc(const TwoSamples& samples);

// Order 1, in the unit of the values: the area between F and G (scipy.stats.wasserstein_distance).
std::optional<double> wasserstein(const TwoSamples& samples);
// sqrt(2 * integral of (F - G)^2), in the square root of the unit (scipy.stats.energy_distance).
std::optional<double> energy(const TwoSamples& samples);

// What these two are where both sides have the law of the pooled sample: functionals of a Brownian bridge, of
// which mean and variance are integrals; the 95 % point is that of a gamma law with the same two (of
// energy's square).
std::optional<NullLaw> wasserstein_null(const TwoSamples& samples);
std::optional<NullLaw> energy_null(const TwoSamples& samples);

struct Moments {
  double n = 0;
  double mean = 0;
  std::optional<double> standard_deviation;  // of the sample (n - 1)
};
// Welch's t, reference less current, with Satterthwaite's degrees of freedom, two-sided: asymptotic
// but for normal values (scipy.stats.ttest_ind, equal_var=False). At least two values a side.
std::optional<TestResult> welch_t(const Moments& reference, const Moments& current);
// Of the steps' places, one side at a time.
std::pair<Moments, Moments> moments_of(const TwoSamples& samples);

}  // namespace driftd::detectors
