#include "detectors/statistics/binned.h"

#include <cmath>

#include "detectors/maths/kolmogorov.h"
#include "detectors/statistics/answers.h"
#include "detectors/statistics/binned_distance.h"

namespace driftd::detectors {
namespace {

std::vector<std::int64_t> sum_bins(std::span<const CellCount> counts, const std::vector<std::uint8_t>& bin_of,
                                   std::size_t bins) {
  std::vector<std::int64_t> sums(bins, 0);
  for (std::size_t cell = 0; cell < counts.size() && cell < bin_of.size(); ++cell) {
    if (bin_of[cell] != kNoBin) sums[bin_of[cell]] += counts[cell].count;
  }
  return sums;
}

// Kolmogorov's limit law at the effective size of two samples.
double ks_p_value(double value, const ColumnProfile& column, std::span<const CellCount> counts) {
  const auto n = static_cast<double>(column.present());
  const Missing missing = missing_of(column, counts);
  const auto m = static_cast<double>(missing.events - missing.missing);
  return maths::kolmogorov_sf(value * std::sqrt(n * m / (n + m)));
}

void add_wasserstein(const ColumnProfile& column, std::span<const CellCount> counts, const TwoSamples& masses,
                     Answers& answers) {
  if (!answers.wants_any(bit(Statistic::wasserstein) | bit(Statistic::wasserstein_normed))) return;
  const auto distance = binned_wasserstein(column, counts);
  if (!distance) return;
  const auto law = wasserstein_null(masses);
  answers.add(Statistic::wasserstein, distance->value, law, distance->bound);
  const double sd = column.standard_deviation;
  if (sd <= 0 || !std::isfinite(sd)) return;
  answers.add(Statistic::wasserstein_normed, distance->value / sd,
              law ? std::optional(NullLaw{law->mean / sd, law->q95 / sd}) : std::nullopt,
              distance->bound ? std::optional(*distance->bound / sd) : std::nullopt);
}

// What needs to know where in its cell a value lies.
void add_distances(const ColumnProfile& column, std::span<const CellCount> counts, Answers& answers) {
  if (!answers.wants_any(bit(Statistic::wasserstein) | bit(Statistic::wasserstein_normed) |
                         bit(Statistic::energy) | bit(Statistic::welch_t))) {
    return;
  }
  const TwoSamples masses = masses_of_cells(column, counts);
  add_wasserstein(column, counts, masses, answers);
  if (answers.wants(Statistic::energy)) {
    answers.add(Statistic::energy, energy(masses), energy_null(masses));
  }
  if (answers.wants(Statistic::welch_t)) {
    const auto [reference, current] = moments_of(masses);
    answers.add(Statistic::welch_t, welch_t(reference, current));
  }
}

// What needs the order of the cells alone.
void add_orders(const ColumnProfile& column, std::span<const CellCount> counts, Answers& answers) {
  if (answers.wants(Statistic::ks)) {
    if (const auto ks = binned_ks(column, counts)) {
      answers.add(Statistic::ks,
                  TestResult{ks->value, ks_p_value(ks->value, column, counts), Method::asymptotic},
                  ks->bound);
    }
  }
  if (!answers.wants_any(bit(Statistic::cramer_von_mises) | bit(Statistic::anderson_darling) |
                         bit(Statistic::kuiper) | bit(Statistic::mann_whitney) | bit(Statistic::auc))) {
    return;
  }
  const TwoSamples steps = steps_of_cells(column, counts);
  add_rank_tests(steps, answers);
  if (answers.wants(Statistic::kuiper)) {
    const auto distance = binned_kuiper(column, counts);
    answers.add(Statistic::kuiper, kuiper(steps), distance ? distance->bound : std::nullopt);
  }
  if (const auto area = binned_auc(column, counts)) {
    const double pairs = static_cast<double>(steps.n()) * static_cast<double>(steps.m());
    answers.add(Statistic::mann_whitney, mann_whitney(steps), *area->bound * pairs);
    answers.add(Statistic::auc, area->value, std::nullopt, area->bound);
  }
}

}  // namespace

std::optional<double> Missing::ratio() const {
  if (events <= 0) return std::nullopt;
  return static_cast<double>(missing) / static_cast<double>(events);
}

Missing missing_of(const ColumnProfile& column, std::span<const CellCount> counts) {
  Missing result;
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    result.events += counts[cell].count;
    if (column.is_missing(cell)) result.missing += counts[cell].count;
  }
  return result;
}

std::vector<std::int64_t> shown_counts(const ColumnProfile& column, std::span<const CellCount> counts) {
  return sum_bins(counts, column.shown_bin, column.shown_bins);
}

std::vector<std::int64_t> evidence_counts(const ColumnProfile& column, std::span<const CellCount> counts) {
  return sum_bins(counts, column.evidence_bin, column.evidence_bins);
}

std::vector<StatisticValue> binned_statistics(const ColumnProfile& column, std::span<const CellCount> counts,
                                              StatisticSet wanted) {
  Answers answers(wanted);
  add_share_statistics(shown_counts(column, column.reference), shown_counts(column, counts), answers);
  if (column.type == ColumnType::numeric) {
    add_orders(column, counts, answers);
    add_distances(column, counts, answers);
  }
  if (answers.wants(Statistic::missing_delta)) {
    const auto before = missing_of(column, column.reference).ratio();
    const auto now = missing_of(column, counts).ratio();
    if (before && now) answers.add(Statistic::missing_delta, *now - *before);
  }
  return answers.take();
}

}  // namespace driftd::detectors
