#include "detectors/performance/binary_tally.h"

#include <algorithm>
#include <cmath>

namespace driftd::detectors {
namespace {

void add_ratio(Metric metric, std::int64_t numerator, std::int64_t denominator, Undefined undefined,
               std::vector<MetricValue>& out) {
  if (denominator > 0) {
    out.push_back({metric, static_cast<double>(numerator) / static_cast<double>(denominator)});
  } else if (undefined == Undefined::zero) {
    out.push_back({metric, 0});
  }
}

}  // namespace

double log_loss_of(double score, bool positive) {
  const double clipped = std::clamp(score, kScoreClip, 1 - kScoreClip);
  return -std::log(positive ? clipped : 1 - clipped);
}

void BinaryTally::add(const ResolvedPair& pair, int sign) {
  (pair.positive_actual ? (pair.positive_predicted ? counts_.true_positive : counts_.false_negative)
                        : (pair.positive_predicted ? counts_.false_positive : counts_.true_negative)) += sign;
  if (!pair.score) return;
  scored_ += sign;
  const double loss = log_loss_of(*pair.score, pair.positive_actual);
  const double miss = *pair.score - (pair.positive_actual ? 1 : 0);
  sign > 0 ? log_loss_.add(loss) : log_loss_.subtract(loss);
  sign > 0 ? squared_.add(miss * miss) : squared_.subtract(miss * miss);
  scores_.add(*pair.score, pair.positive_actual, sign);
}

BinaryTally BinaryTally::swapped() const {
  BinaryTally other;
  other.counts_ = {counts_.true_negative, counts_.false_negative, counts_.true_positive,
                   counts_.false_positive};
  other.scored_ = scored_;
  other.scores_ = scores_.swapped();
  for (const ScoreHistogram::Bin& bin : other.scores_.bins()) {
    const double score = ScoreHistogram::score_of(bin.index);
    for (const auto& [pairs, positive] : {std::pair(bin.positives, true), std::pair(bin.negatives, false)}) {
      const double miss = score - (positive ? 1 : 0);
      other.log_loss_.add_product(static_cast<double>(pairs), log_loss_of(score, positive));
      other.squared_.add_product(static_cast<double>(pairs), miss * miss);
    }
  }
  return other;
}

void BinaryTally::merge(const BinaryTally& other, int sign) {
  counts_.true_positive += sign * other.counts_.true_positive;
  counts_.false_positive += sign * other.counts_.false_positive;
  counts_.true_negative += sign * other.counts_.true_negative;
  counts_.false_negative += sign * other.counts_.false_negative;
  scored_ += sign * other.scored_;
  sign > 0 ? log_loss_.merge(other.log_loss_) : log_loss_.remove(other.log_loss_);
  sign > 0 ? squared_.merge(other.squared_) : squared_.remove(other.squared_);
  scores_.merge(other.scores_, sign);
}

void BinaryTally::metrics(Undefined undefined, std::vector<MetricValue>& out) const {
  const std::int64_t n = pairs();
  if (n <= 0) return;
  const auto [tp, fp, tn, fn] = counts_;
  out.push_back({Metric::accuracy, static_cast<double>(tp + tn) / static_cast<double>(n)});
  add_ratio(Metric::precision, tp, tp + fp, undefined, out);
  add_ratio(Metric::recall, tp, tp + fn, undefined, out);
  add_ratio(Metric::f1, 2 * tp, 2 * tp + fp + fn, undefined, out);
  if (const auto auc = scores_.roc_auc()) out.push_back({Metric::roc_auc, *auc});
  if (scored_ <= 0) return;
  out.push_back({Metric::log_loss, log_loss_.value() / static_cast<double>(scored_)});
  const double brier = squared_.value() / static_cast<double>(scored_);
  if (std::isfinite(brier)) out.push_back({Metric::brier, brier});
  if (const auto error = scores_.calibration_error()) out.push_back({Metric::calibration_error, *error});
}

void BinaryTally::save(Encoder& out) const {
  out.put_i64(counts_.true_positive);
  out.put_i64(counts_.false_positive);
  out.put_i64(counts_.true_negative);
  out.put_i64(counts_.false_negative);
  out.put_i64(scored_);
  log_loss_.save(out);
  squared_.save(out);
  scores_.save(out);
}

Result<BinaryTally> BinaryTally::load(Decoder& in) {
  BinaryTally tally;
  tally.counts_.true_positive = in.get_amount();
  tally.counts_.false_positive = in.get_amount();
  tally.counts_.true_negative = in.get_amount();
  tally.counts_.false_negative = in.get_amount();
  tally.scored_ = in.get_amount();
  auto log_loss = ExactSum::load(in);
  if (!log_loss) return log_loss.error();
  auto squared = ExactSum::load(in);
  if (!squared) return squared.error();
  auto scores = ScoreHistogram::load(in);
  if (!scores) return scores.error();
  tally.log_loss_ = *std::move(log_loss);
  tally.squared_ = *std::move(squared);
  tally.scores_ = *std::move(scores);
  return tally;
}

}  // namespace driftd::detectors
