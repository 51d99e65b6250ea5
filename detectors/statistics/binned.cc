#include "detectors/statistics/binned.h"

#include <cmath>

#include "detectors/maths/kolmogorov.h"
#include "detectors/statistics/binned_distance.h"
#include "detectors/statistics/shares.h"

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

class Answers {
 public:
  explicit Answers(StatisticSet wanted) : wanted_(wanted) {}

  [[nodiscard]] bool wants(Statistic statistic) const { return (wanted_ & bit(statistic)) != 0; }
  // Only what is defined gets in.
  void add(const StatisticValue& answer) {
    if (std::isfinite(answer.value)) answers_.push_back(answer);
  }
  void add_share(Statistic statistic, std::optional<double> value, std::optional<NullLaw> law) {
    if (!value) return;
    StatisticValue answer{.statistic = statistic, .value = *value};
    if (law) {
      answer.null_mean = law->mean;
      answer.null_q95 = law->q95;
    }
    add(answer);
  }
  std::vector<StatisticValue> take() { return std::move(answers_); }

 private:
  StatisticSet wanted_;
  std::vector<StatisticValue> answers_;
};

void add_divergences(const ColumnProfile& column, std::span<const CellCount> counts, Answers& answers) {
  const std::vector<std::int64_t> reference = shown_counts(column, column.reference);
  const std::vector<std::int64_t> current = shown_counts(column, counts);
  if (answers.wants(Statistic::psi)) {
    answers.add_share(Statistic::psi, psi(reference, current), psi_null(reference, current));
  }
  if (answers.wants(Statistic::jensen_shannon)) {
    answers.add_share(Statistic::jensen_shannon, jensen_shannon(reference, current),
                      jensen_shannon_null(reference, current));
  }
  if (answers.wants(Statistic::total_variation)) {
    answers.add_share(Statistic::total_variation, total_variation(reference, current),
                      total_variation_null(reference, current));
  }
}

// Kolmogorov's limit law at the effective size of two samples.
double ks_p_value(double value, const ColumnProfile& column, std::span<const CellCount> counts) {
  const auto n = static_cast<double>(column.present());
  const Missing missing = missing_of(column, counts);
  const auto m = static_cast<double>(missing.events - missing.missing);
  return maths::kolmogorov_sf(value * std::sqrt(n * m / (n + m)));
}

void add_distances(const ColumnProfile& column, std::span<const CellCount> counts, Answers& answers) {
  if (answers.wants(Statistic::ks)) {
    if (const auto ks = binned_ks(column, counts)) {
      answers.add({.statistic = Statistic::ks,
                   .value = ks->value,
                   .p_value = ks_p_value(ks->value, column, counts),
                   .method = Method::asymptotic,
                   .bound = ks->bound});
    }
  }
  if (!answers.wants(Statistic::wasserstein) && !answers.wants(Statistic::wasserstein_normed)) return;
  const auto distance = binned_wasserstein(column, counts);
  if (!distance) return;
  if (answers.wants(Statistic::wasserstein)) {
    answers.add({.statistic = Statistic::wasserstein, .value = distance->value, .bound = distance->bound});
  }
  const double sd = column.standard_deviation;
  if (!answers.wants(Statistic::wasserstein_normed) || sd <= 0) return;
  StatisticValue normed{.statistic = Statistic::wasserstein_normed, .value = distance->value / sd};
  if (distance->bound && std::isfinite(*distance->bound / sd)) normed.bound = *distance->bound / sd;
  answers.add(normed);
}

void add_chi_square(const ColumnProfile& column, std::span<const CellCount> counts, Answers& answers) {
  const auto test = chi_square(shown_counts(column, column.reference), shown_counts(column, counts));
  if (!test) return;
  answers.add({.statistic = Statistic::chi_square,
               .value = test->statistic,
               .p_value = test->p_value,
               .method = Method::asymptotic,
               .dof = static_cast<double>(test->dof)});
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
  add_divergences(column, counts, answers);
  if (column.type == ColumnType::numeric) add_distances(column, counts, answers);
  if (answers.wants(Statistic::chi_square)) add_chi_square(column, counts, answers);
  if (answers.wants(Statistic::missing_delta)) {
    const auto before = missing_of(column, column.reference).ratio();
    const auto now = missing_of(column, counts).ratio();
    if (before && now) answers.add({.statistic = Statistic::missing_delta, .value = *now - *before});
  }
  return answers.take();
}

}  // namespace driftd::detectors
