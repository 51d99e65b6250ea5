#include "detectors/evidence/labels/label_questions.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "detectors/evidence/labels/bounded_loss_monitor.h"
#include "detectors/evidence/labels/stratified_rate_monitor.h"
#include "detectors/evidence/numeric_monitor.h"
#include "detectors/evidence/rate_payoff.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kAtArrival = 0.7;  // of a question's weight, where both are asked
constexpr double kLossWeight = 0.5;
constexpr double kClipWeight = 0.1;
constexpr double kResidualWeight = 0.4;
constexpr double kCalibrationTolerance = 0.02;
constexpr double kArrivalTolerance = 0.02;
constexpr double kArrivalShare = 0.5;  // the least relative change of a rate of arrival that counts

using Place = std::function<std::size_t(const PairLayout&, std::size_t group, std::size_t bucket)>;

// A 0/1 question of so many groups.
struct RateQuestion {
  std::size_t groups = 1;
  Place place;
  std::function<double(double)> tolerance;
  double downward = kDownwardWeight;
  double single = 0;
};

// The question's integers out of the counts, stratum by stratum, and where they were.
struct Strata {
  StratifiedCounts counts;
  std::vector<std::size_t> places;
};

Strata strata_of(const RateQuestion& question, const JudgedCounts& judged, const PairLayout& layout) {
  Strata found;
  for (std::size_t group = 0; group < question.groups; ++group) {
    for (std::size_t bucket = 0; bucket < layout.buckets(); ++bucket) {
      found.counts.groups.push_back(static_cast<std::uint16_t>(group));
      found.places.push_back(question.place(layout, group, bucket));
    }
  }
  const auto pick = [&](const std::vector<std::int64_t>& from) {
    std::vector<std::int64_t> picked;
    for (const std::size_t place : found.places) picked.insert(picked.end(), {from[place], from[place + 1]});
    return picked;
  };
  found.counts.total = pick(judged.total);
  for (const BlockCounts& block : judged.blocks)
    found.counts.blocks.push_back({block.start, pick(block.counts)});
  return found;
}

// Empty where the reference has too few labels, or leaves no room for a bet.
std::optional<LabelQuestion> ask(const RateQuestion& question, Said said, const Strata& strata,
                                 const LabelOptions& options) {
  const KeptStrata kept = without_sparse_strata(strata.counts);
  if (kept.kept.empty()) return std::nullopt;
  const RateStrata reference{kept.counts.groups, kept.counts.total};
  MeasuredRates measured = measure_rates(kept.counts, question.tolerance, options.measures);
  StratifiedRates rates{std::move(measured.groups), std::move(measured.limits), question.downward,
                        question.groups > 1 ? question.single : 0};
  if (StratifiedRateMonitor(rates).components().empty()) return std::nullopt;
  LabelQuestion found;
  found.said = said;
  for (const std::size_t i : kept.kept) {
    found.sums.push_back({strata.places[i]});
    found.sums.push_back({strata.places[i] + 1});
  }
  found.rates = reference;
  found.make = [rates] { return std::make_unique<const StratifiedRateMonitor>(rates); };
  found.inflation = measured.inflation;
  found.per_slot = measured.per_slot;
  found.resolved = measured.resolved;
  return found;
}

// Both forms of a question share its weight; where one cannot be asked the other has all of it.
void add(std::optional<LabelQuestion> at_arrival, std::optional<LabelQuestion> in_time, double weight,
         LabelColumn& column) {
  const double later = at_arrival ? 1 - kAtArrival : 1;
  if (at_arrival) {
    at_arrival->weight = weight * (in_time ? kAtArrival : 1);
    column.questions.push_back(*std::move(at_arrival));
  }
  if (in_time) {
    in_time->weight = weight * later;
    column.questions.push_back(*std::move(in_time));
  }
}

void add_rate(const RateQuestion& question, const LabelMeasures& measures, double weight,
              LabelColumn& column) {
  const Strata arrived = strata_of(question, measures.arrived, measures.arrived_layout);
  const Strata matured = strata_of(question, measures.matured, measures.matured_layout);
  add(ask(question, Said::at_arrival, arrived, measures.options),
      ask(question, Said::in_time, matured, measures.options), weight, column);
}

// Of the losses of one bucket: the mean of x and its variance.
struct LossMoments {
  std::int64_t n = 0;
  double mean = 0;
  double variance = 0;

  [[nodiscard]] double error() const {
    const auto count = static_cast<double>(n);
    return std::sqrt((variance + 1 / count) / count);
  }
};

std::int64_t losses_in(const std::vector<std::int64_t>& counts, const PairLayout& layout,
                       std::size_t bucket) {
  return counts[layout.clipped(bucket)] + counts[layout.clipped(bucket) + 1];
}

LossMoments moments(const std::vector<std::int64_t>& counts, const PairLayout& layout,
                    std::span<const std::size_t> buckets) {
  LossMoments found;
  double sum = 0;
  double squares = 0;
  for (const std::size_t bucket : buckets) {
    found.n += losses_in(counts, layout, bucket);
    sum += static_cast<double>(counts[layout.loss(bucket)]) * kLossUnit;
    squares += static_cast<double>(counts[layout.loss(bucket) + 1]) * kLossUnit;
  }
  if (found.n == 0) return found;
  const auto n = static_cast<double>(found.n);
  found.mean = sum / n;
  found.variance = std::max(squares / n - found.mean * found.mean, 0.0);
  return found;
}

std::vector<std::size_t> buckets_with_losses(const JudgedCounts& counts, const PairLayout& layout) {
  std::vector<std::size_t> kept;
  for (std::size_t b = 0; b < layout.buckets(); ++b) {
    if (losses_in(counts.total, layout, b) >= kLeastStratumLabels) kept.push_back(b);
  }
  return kept;
}

MonitorReference measure_losses(const JudgedCounts& judged, const PairLayout& layout,
                                std::span<const std::size_t> kept, const MeasureOptions& options) {
  double variance = 0;
  std::vector<LossMoments> expected;
  for (const std::size_t bucket : kept) {
    expected.push_back(moments(judged.total, layout, std::span(&bucket, 1)));
    variance += static_cast<double>(expected.back().n) * expected.back().variance;
  }
  std::vector<BlockSum> sums;
  for (const BlockCounts& block : judged.blocks) {
    BlockSum sum{block.start, 0, 0};
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const LossMoments here = moments(block.counts, layout, std::span(&kept[i], 1));
      sum.n += here.n;
      sum.residual += static_cast<double>(here.n) * (here.mean - expected[i].mean);
    }
    if (sum.n > 0) sums.push_back(sum);
  }
  MeasureOptions whole = options;
  whole.calendar.cells = Cells::one;
  const std::int64_t n = moments(judged.total, layout, kept).n;
  return measure_values(n, sums, std::sqrt(variance / static_cast<double>(n)), whole);
}

std::optional<LabelQuestion> ask_loss(Said said, const JudgedCounts& judged, const PairLayout& layout,
                                      const LabelOptions& options) {
  const std::vector<std::size_t> kept = buckets_with_losses(judged, layout);
  if (kept.empty()) return std::nullopt;
  const MonitorReference measured = measure_losses(judged, layout, kept, options.measures);
  LabelQuestion found;
  found.said = said;
  std::vector<std::size_t>& events = found.sums.emplace_back();
  for (const std::size_t b : kept) events.insert(events.end(), {layout.clipped(b), layout.clipped(b) + 1});
  for (std::size_t j = 0; j < kBets; ++j) found.sums.push_back({layout.bets() + j});
  found.make = [] { return std::make_unique<const BoundedLossMonitor>(); };
  found.inflation = measured.inflation;
  found.per_slot = measured.per_slot;
  found.resolved = measured.resolved;
  return found;
}

// The signed residual knows no age, hence it is asked of cohorts that have matured where there are any.
std::optional<LabelQuestion> ask_residual(const LabelMeasures& measures) {
  const bool ripe = measures.ages.known;
  const JudgedCounts& judged = ripe ? measures.matured : measures.arrived;
  const PairLayout& layout = ripe ? measures.matured_layout : measures.arrived_layout;
  const auto pick = [&](const std::vector<std::int64_t>& from) {
    const auto first = from.begin() + static_cast<std::ptrdiff_t>(layout.residual());
    return std::vector<std::int64_t>(first, first + static_cast<std::ptrdiff_t>(layout.residual_bins()));
  };
  std::vector<BlockCounts> blocks;
  for (const BlockCounts& block : judged.blocks) blocks.push_back({block.start, pick(block.counts)});
  const std::vector<std::int64_t> total = pick(judged.total);
  const MonitorReference measured = measure(total, blocks, Functionals::tilts, measures.options.measures);
  if (measured.n < kLeastStratumLabels || layout.residual_bins() < 2) return std::nullopt;
  LabelQuestion found;
  found.said = ripe ? Said::in_time : Said::at_arrival;
  for (std::size_t k = 0; k < layout.residual_bins(); ++k) found.sums.push_back({layout.residual() + k});
  found.make = [measured] { return numeric_monitor(measured); };
  if (found.make()->components().empty()) return std::nullopt;
  found.weight = kResidualWeight;
  found.inflation = measured.inflation;
  found.per_slot = measured.per_slot;
  found.resolved = measured.resolved;
  return found;
}

LabelColumn loss_of_regression(const LabelMeasures& measures) {
  LabelColumn column{EvidenceKind::concept_drift, "loss", {}};
  add(ask_loss(Said::at_arrival, measures.arrived, measures.arrived_layout, measures.options),
      ask_loss(Said::in_time, measures.matured, measures.matured_layout, measures.options), kLossWeight,
      column);
  const auto place = [](const PairLayout& layout, std::size_t, std::size_t b) { return layout.clipped(b); };
  const auto tolerance = [&](double) { return measures.options.tolerance; };
  add_rate({1, place, tolerance}, measures, kClipWeight, column);
  if (auto residual = ask_residual(measures)) column.questions.push_back(*std::move(residual));
  return column;
}

LabelColumn rate_column(EvidenceKind kind, std::string_view name, Place place,
                        const LabelMeasures& measures) {
  LabelColumn column{kind, name, {}};
  const double tolerance = measures.options.tolerance;
  add_rate({1, std::move(place), [tolerance](double) { return tolerance; }}, measures, 1, column);
  return column;
}

LabelColumn calibration(const LabelMeasures& measures) {
  LabelColumn column{EvidenceKind::performance, "score", {}};
  const auto place = [](const PairLayout& layout, std::size_t decile, std::size_t bucket) {
    return layout.positive(decile, bucket);
  };
  const auto tolerance = [](double) { return kCalibrationTolerance; };
  add_rate({measures.arrived_layout.deciles(), place, tolerance, .5, .5}, measures, 1, column);
  return column;
}

// Each age a group of its own; half as many labels, or half as many again, always matter.
LabelColumn arrival(const LabelMeasures& measures) {
  LabelColumn column{EvidenceKind::labels, "arrival", {}};
  if (measures.arrivals.blocks.empty()) return column;
  RateQuestion question;
  question.groups = measures.ages.buckets();
  question.place = [](const PairLayout&, std::size_t bucket, std::size_t) { return 2 * bucket; };
  question.tolerance = [](double rate) { return std::min(kArrivalTolerance, kArrivalShare * rate); };
  question.downward = .5;
  question.single = .5;
  const Strata strata = strata_of(question, measures.arrivals, measures.matured_layout);
  add(ask(question, Said::or_not, strata, measures.options), std::nullopt, 1, column);
  return column;
}

void rescale(LabelColumn& column) {
  double sum = 0;
  for (const LabelQuestion& question : column.questions) sum += question.weight;
  for (LabelQuestion& question : column.questions) question.weight /= sum;
}

}  // namespace

LossBets loss_bets(const JudgedCounts& counts, const PairLayout& layout, double tolerance) {
  LossBets bets;
  if (layout.residual_bins() == 0) return bets;  // classification
  const std::vector<std::size_t> kept = buckets_with_losses(counts, layout);
  if (kept.empty()) return bets;
  const LossMoments all = moments(counts.total, layout, kept);
  const double mean = std::max(all.mean, 1 / static_cast<double>(all.n + 1));
  const double limit = mean + std::max(tolerance, 2 * all.error() + 1 / static_cast<double>(all.n));
  bets.means.assign(layout.buckets(), 0);
  for (const std::size_t bucket : kept) {
    const LossMoments here = moments(counts.total, layout, std::span(&bucket, 1));
    const double m = kept.size() == 1 ? limit : (here.mean + 2 * here.error()) * limit / mean;
    bets.means[bucket] = std::min(m, 1.0);
  }
  return bets;
}

std::vector<LabelColumn> label_columns(const LabelMeasures& measures) {
  std::vector<LabelColumn> found;
  const auto at = [](auto place) {
    return [place](const PairLayout& layout, std::size_t, std::size_t b) { return (layout.*place)(b); };
  };
  if (measures.task == Task::regression) {
    found.push_back(loss_of_regression(measures));
  } else if (measures.task != Task::none) {
    found.push_back(rate_column(EvidenceKind::concept_drift, "loss", at(&PairLayout::error), measures));
  }
  if (measures.task == Task::binary) {
    const auto kind = EvidenceKind::performance;
    found.push_back(rate_column(kind, "precision", at(&PairLayout::false_alarm), measures));
    found.push_back(rate_column(kind, "recall", at(&PairLayout::miss), measures));
    if (measures.arrived_layout.deciles() > 0) found.push_back(calibration(measures));
  }
  found.push_back(arrival(measures));
  std::erase_if(found, [](const LabelColumn& column) { return column.questions.empty(); });
  for (LabelColumn& column : found) rescale(column);
  return found;
}

}  // namespace driftd::detectors::evidence
