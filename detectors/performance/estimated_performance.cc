#include "detectors/performance/estimated_performance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "detectors/performance/binary_tally.h"

namespace driftd::detectors {
namespace {

// A metric of one class, and the variance of what labels would make of it.
struct Moment {
  double value = 0;
  double variance = 0;
};
struct ClassMetrics {
  bool occurs = false;  // predicted or actual
  Moment precision, recall, f1;
  std::optional<Moment> roc_auc;
};

double bernoulli_variance(double hits, double n) { return n > 0 ? hits * (1 - hits / n) : 0; }

Moment ratio(double numerator, double denominator, double variance) {
  if (!(denominator > 0)) return {};
  return {numerator / denominator, variance / (denominator * denominator)};
}

// d AUC / d y of a prediction, summed over all, y drawn with its p (ties one half).
std::optional<Moment> roc_auc(const ClassOutcome& outcomes) {
  double positives = 0, all = 0;
  for (const ScoreOutcome& one : outcomes) {
    positives += one.hits + one.misses;
    all += one.predicted + one.rest;
  }
  const double negatives = all - positives;
  if (!(positives > 0) || !(negatives > 0)) return std::nullopt;
  double wins = 0, below = 0;
  for (const ScoreOutcome& one : outcomes) {
    const double of_class = one.hits + one.misses;
    const double others = one.predicted + one.rest - of_class;
    wins += of_class * (below + others / 2);
    below += others;
  }
  Moment moment{wins / (positives * negatives), 0};
  double negatives_below = 0, positives_above = positives;
  for (const ScoreOutcome& one : outcomes) {
    const double of_class = one.hits + one.misses;
    const double others = one.predicted + one.rest - of_class;
    positives_above -= of_class;
    const double slope =
        (negatives_below + others / 2 - positives_above - of_class / 2) / (positives * negatives) -
        moment.value / positives + moment.value / negatives;
    negatives_below += others;
    moment.variance +=
        slope * slope *
        (bernoulli_variance(one.hits, one.predicted) + bernoulli_variance(one.misses, one.rest));
  }
  return moment;
}

struct Sums {
  double predicted = 0, hits = 0, rest = 0, misses = 0;
  double hits_variance = 0, misses_variance = 0;
};
Sums sums_of(const ClassOutcome& outcomes) {
  Sums sums;
  for (const ScoreOutcome& one : outcomes) {
    sums.predicted += one.predicted;
    sums.hits += one.hits;
    sums.rest += one.rest;
    sums.misses += one.misses;
    sums.hits_variance += bernoulli_variance(one.hits, one.predicted);
    sums.misses_variance += bernoulli_variance(one.misses, one.rest);
  }
  return sums;
}

ClassMetrics metrics_of(const ClassOutcome& outcomes) {
  const Sums sums = sums_of(outcomes);
  const double actual = sums.hits + sums.misses;
  ClassMetrics metrics;
  metrics.occurs = sums.predicted > 0 || actual > 0;
  metrics.precision = ratio(sums.hits, sums.predicted, sums.hits_variance);
  metrics.recall = ratio(sums.hits, actual, 0);
  metrics.f1 = ratio(2 * sums.hits, sums.predicted + actual, 0);
  if (actual > 0) {
    const double square = actual * actual;
    metrics.recall.variance =
        (sums.misses * sums.misses * sums.hits_variance + sums.hits * sums.hits * sums.misses_variance) /
        (square * square);
  }
  if (sums.predicted + actual > 0) {
    const double square = (sums.predicted + actual) * (sums.predicted + actual);
    const double by_hits = 2 * (sums.predicted + sums.misses) / square;
    const double by_misses = 2 * sums.hits / square;
    metrics.f1.variance =
        by_hits * by_hits * sums.hits_variance + by_misses * by_misses * sums.misses_variance;
  }
  metrics.roc_auc = roc_auc(outcomes);
  return metrics;
}

EstimatedValue accuracy_of(std::span<const ClassOutcome> classes, double predictions) {
  double right = 0, variance = 0;
  for (const ClassOutcome& outcomes : classes) {
    const Sums sums = sums_of(outcomes);
    right += sums.hits;
    variance += sums.hits_variance;
    if (classes.size() > 1) continue;
    right += sums.rest - sums.misses;
    variance += sums.misses_variance;
  }
  return {Metric::accuracy, right / predictions, std::sqrt(variance) / predictions};
}

EstimatedValue mean_of(Metric metric, const std::vector<Moment>& moments) {
  const auto count = static_cast<double>(moments.size());
  Moment sum;
  for (const Moment& moment : moments) {
    sum.value += moment.value;
    sum.variance += moment.variance;
  }
  return {metric, sum.value / count, std::sqrt(sum.variance) / count};
}

// What scores cost, summed over predictions.
struct Costs {
  double weight = 0;  // labels of the class
  Moment log_loss;    // of several classes: where the label is the class
  Moment squares;
};
Costs costs_of(const ClassOutcome& outcomes, bool binary) {
  Costs costs;
  const auto add = [](Moment& sum, double if_class, double otherwise, double of_class, double all,
                      double variance) {
    sum.value += of_class * if_class + (all - of_class) * otherwise;
    sum.variance += (if_class - otherwise) * (if_class - otherwise) * variance;
  };
  for (const ScoreOutcome& one : outcomes) {
    const double of_class = one.hits + one.misses, all = one.predicted + one.rest;
    const double variance =
        bernoulli_variance(one.hits, one.predicted) + bernoulli_variance(one.misses, one.rest);
    const double short_by = 1 - one.score;
    costs.weight += of_class;
    add(costs.log_loss, log_loss_of(one.score, true), binary ? log_loss_of(one.score, false) : 0, of_class,
        all, variance);
    add(costs.squares, short_by * short_by, one.score * one.score, of_class, all, variance);
  }
  return costs;
}

void add_costs(std::span<const ClassOutcome> classes, double predictions,
               std::vector<EstimatedValue>& values) {
  Costs sum;
  for (const ClassOutcome& outcomes : classes) {
    const Costs costs = costs_of(outcomes, classes.size() == 1);
    sum.weight += costs.weight;
    for (auto part : {&Costs::log_loss, &Costs::squares}) {
      (sum.*part).value += (costs.*part).value;
      (sum.*part).variance += (costs.*part).variance;
    }
  }
  const double labels = classes.size() == 1 ? predictions : sum.weight;
  if (labels > 0)
    values.push_back(
        {Metric::log_loss, sum.log_loss.value / labels, std::sqrt(sum.log_loss.variance) / labels});
  values.push_back(
      {Metric::brier, sum.squares.value / predictions, std::sqrt(sum.squares.variance) / predictions});
}

template <class HitsOf>
std::vector<ClassOutcome> outcomes_of(const EstimateTally& tally, const CalibrationMaps& maps,
                                      const HitsOf& hits_of) {
  std::vector<ClassOutcome> classes;
  for (std::size_t which = 0; which < std::min(tally.classes().size(), maps.size()); ++which) {
    if (!maps[which]) continue;
    ClassOutcome& outcomes = classes.emplace_back();
    std::optional<std::uint32_t> last;
    for (const EstimateTally::Bin& bin : tally.classes()[which]) {
      const std::uint32_t score = bin.code / 2U;
      if (last != score) outcomes.emplace_back().score = ScoreHistogram::score_of(score);
      last = score;
      ScoreOutcome& outcome = outcomes.back();
      const bool predicted = bin.code % 2 == 1;
      (predicted ? outcome.predicted : outcome.rest) = static_cast<double>(bin.n);
      (predicted ? outcome.hits : outcome.misses) = hits_of(*maps[which], score, bin);
    }
  }
  return classes;
}

}  // namespace

Band band_of(const EstimatedValue& value) {
  constexpr double kDeviations = 1.959963984540054;  // the normal's 97.5 % point
  const double half = kDeviations * value.standard_error;
  constexpr double kLargest = std::numeric_limits<double>::max();
  const double least = value.metric == Metric::r2 ? -kLargest : 0;
  const double most = larger_is_better(value.metric) ? 1 : kLargest;
  return {std::max(least, value.value - half), std::min(most, value.value + half)};
}

std::vector<EstimatedValue> estimated_metrics(std::span<const ClassOutcome> classes, double predictions) {
  std::vector<EstimatedValue> values;
  if (classes.empty() || !(predictions > 0)) return values;
  std::vector<Moment> precision, recall, f1, auc;
  for (const ClassOutcome& outcomes : classes) {
    const ClassMetrics metrics = metrics_of(outcomes);
    if (metrics.roc_auc) auc.push_back(*metrics.roc_auc);
    if (!metrics.occurs) continue;
    const Sums sums = sums_of(outcomes);
    const bool binary = classes.size() == 1;  // what is undefined there counts as 0 among several
    if (!binary || sums.predicted > 0) precision.push_back(metrics.precision);
    if (!binary || sums.hits + sums.misses > 0) recall.push_back(metrics.recall);
    f1.push_back(metrics.f1);
  }
  values.push_back(accuracy_of(classes, predictions));
  if (!precision.empty()) values.push_back(mean_of(Metric::precision, precision));
  if (!recall.empty()) values.push_back(mean_of(Metric::recall, recall));
  if (!f1.empty()) values.push_back(mean_of(Metric::f1, f1));
  if (!auc.empty()) values.push_back(mean_of(Metric::roc_auc, auc));
  add_costs(classes, predictions, values);
  return values;
}

std::vector<MetricValue> plug_in_metrics(std::span<const ClassOutcome> classes, double predictions) {
  std::vector<MetricValue> values;
  for (const EstimatedValue& value : estimated_metrics(classes, predictions))
    values.push_back({value.metric, value.value});
  return values;
}

CalibrationMaps calibration_maps(const PairTally& performance, const TaskSpec& task) {
  CalibrationMaps maps;
  if (const BinaryTally* binary = performance.binary(); binary != nullptr && task.task == Task::binary)
    maps.push_back(CalibrationMap::fit(binary->scores()));
  if (const MulticlassTally* several = performance.multiclass();
      several != nullptr && task.task == Task::multiclass && task.labels.size() <= kMostEstimatedClasses)
    for (const std::string& label : task.labels) {
      const ScoreHistogram* scores = several->scores(label);
      maps.push_back(scores == nullptr ? std::nullopt : CalibrationMap::fit(*scores));
    }
  const auto known = std::count_if(maps.begin(), maps.end(), [](const auto& map) { return map.has_value(); });
  return known >= (task.task == Task::binary ? 1 : 2) ? maps : CalibrationMaps{};
}

std::vector<ClassOutcome> expected_outcomes(const EstimateTally& tally, const CalibrationMaps& maps) {
  return outcomes_of(tally, maps,
                     [](const CalibrationMap& map, std::uint32_t score, const EstimateTally::Bin& bin) {
                       return map.at(ScoreHistogram::score_of(score)) * static_cast<double>(bin.n);
                     });
}

std::vector<ClassOutcome> actual_outcomes(const EstimateTally& tally, const CalibrationMaps& maps) {
  return outcomes_of(tally, maps, [](const CalibrationMap&, std::uint32_t, const EstimateTally::Bin& bin) {
    return static_cast<double>(bin.actual);
  });
}

}  // namespace driftd::detectors
