#include "detectors/performance/multiclass_tally.h"

#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "detectors/performance/binary_tally.h"

namespace driftd::detectors {
namespace {

double ratio(std::int64_t numerator, std::int64_t denominator) {
  return denominator > 0 ? static_cast<double>(numerator) / static_cast<double>(denominator) : 0.0;
}

// Over the classes; one that the event gives no score has 0.
double squared_error(const ResolvedPair& pair) {
  double sum = 0;
  bool found = false;
  for (const auto& [label, score] : pair.scores) {
    const bool actual = label == pair.actual;
    found = found || actual;
    const double miss = score - (actual ? 1 : 0);
    sum += miss * miss;
  }
  return sum + (found ? 0 : 1);
}

}  // namespace

MulticlassTally::Class* MulticlassTally::class_of(const std::string& label) {
  if (const auto found = classes_.find(label); found != classes_.end()) return &found->second;
  if (classes_.size() >= kMaxLabels) {
    // The first in byte order stay, whatever order they came in.
    const auto last = std::prev(classes_.end());
    if (label > last->first) return nullptr;
    classes_.erase(last);
  }
  return &classes_[label];
}

void MulticlassTally::forget_empty(const std::string& label) {
  const auto found = classes_.find(label);
  if (found != classes_.end() && is_empty(found->second)) classes_.erase(found);
}

void MulticlassTally::add(const ResolvedPair& pair, int sign) {
  const bool hit = pair.label == pair.actual;
  pairs_ += sign;
  if (hit) hits_ += sign;
  // A later class may push out an earlier one: each is looked up where it is used.
  if (Class* predicted = class_of(pair.label)) {
    predicted->predicted += sign;
    if (hit) predicted->hits += sign;
  }
  if (Class* actual = class_of(pair.actual)) actual->actual += sign;
  double score_of_actual = 0;
  for (const auto& [label, score] : pair.scores) {
    if (label == pair.actual) score_of_actual = score;
    if (Class* entry = class_of(label)) entry->scores.add(score, label == pair.actual, sign);
  }
  if (!pair.scores.empty()) {
    scored_ += sign;
    const double loss = log_loss_of(score_of_actual, true);
    sign > 0 ? log_loss_.add(loss) : log_loss_.subtract(loss);
    const double squares = squared_error(pair);
    sign > 0 ? squared_.add(squares) : squared_.subtract(squares);
  }
  if (sign > 0) return;
  forget_empty(pair.label);
  forget_empty(pair.actual);
  for (const auto& [label, score] : pair.scores) forget_empty(label);
}

void MulticlassTally::merge(const MulticlassTally& other, int sign) {
  pairs_ += sign * other.pairs_;
  hits_ += sign * other.hits_;
  scored_ += sign * other.scored_;
  sign > 0 ? log_loss_.merge(other.log_loss_) : log_loss_.remove(other.log_loss_);
  sign > 0 ? squared_.merge(other.squared_) : squared_.remove(other.squared_);
  for (const auto& [label, theirs] : other.classes_) {
    Class* ours = class_of(label);
    if (ours == nullptr) break;
    ours->hits += sign * theirs.hits;
    ours->predicted += sign * theirs.predicted;
    ours->actual += sign * theirs.actual;
    ours->scores.merge(theirs.scores, sign);
    forget_empty(label);
  }
}

void MulticlassTally::metrics(std::vector<MetricValue>& out) const {
  if (pairs_ <= 0) return;
  double precision = 0, recall = 0, f1 = 0, auc = 0, calibration = 0;
  std::int64_t classes = 0, ranked = 0, calibrated = 0;
  for (const auto& [label, entry] : classes_) {
    if (const auto one = entry.scores.roc_auc()) {
      auc += *one;
      ++ranked;
    }
    if (const auto one = entry.scores.calibration_error()) {
      calibration += *one;
      ++calibrated;
    }
    if (!entry.occurs()) continue;
    ++classes;
    precision += ratio(entry.hits, entry.predicted);
    recall += ratio(entry.hits, entry.actual);
    f1 += ratio(2 * entry.hits, entry.predicted + entry.actual);
  }
  out.push_back({Metric::accuracy, ratio(hits_, pairs_)});
  if (classes > 0) {
    const auto count = static_cast<double>(classes);
    out.push_back({Metric::precision, precision / count});
    out.push_back({Metric::recall, recall / count});
    out.push_back({Metric::f1, f1 / count});
  }
  if (ranked > 0) out.push_back({Metric::roc_auc, auc / static_cast<double>(ranked)});
  if (scored_ > 0) {
    const double brier = squared_.value() / static_cast<double>(scored_);
    out.push_back({Metric::log_loss, log_loss_.value() / static_cast<double>(scored_)});
    if (std::isfinite(brier)) out.push_back({Metric::brier, brier});
  }
  if (calibrated > 0)
    out.push_back({Metric::calibration_error, calibration / static_cast<double>(calibrated)});
}

void MulticlassTally::weighted(std::vector<MetricValue>& out) const {
  constexpr std::array kMetrics = {Metric::precision, Metric::recall, Metric::f1, Metric::roc_auc};
  const std::vector<ClassPerformance> classes = by_class();
  for (const Metric metric : kMetrics) {
    double sum = 0;
    std::int64_t support = 0;
    for (const ClassPerformance& one : classes) {
      const MetricValue* value = find(one.metrics, metric);
      if (value == nullptr) continue;
      sum += static_cast<double>(one.support) * value->value;
      support += one.support;
    }
    if (support > 0) out.push_back({metric, sum / static_cast<double>(support)});
  }
}

std::vector<ClassPerformance> MulticlassTally::by_class() const {
  std::vector<ClassPerformance> classes;
  for (const auto& [label, entry] : classes_) {
    if (!entry.occurs()) continue;
    ClassPerformance& one = classes.emplace_back(ClassPerformance{label, entry.actual, {}});
    one.metrics = {{Metric::precision, ratio(entry.hits, entry.predicted)},
                   {Metric::recall, ratio(entry.hits, entry.actual)},
                   {Metric::f1, ratio(2 * entry.hits, entry.predicted + entry.actual)}};
    if (const auto auc = entry.scores.roc_auc()) one.metrics.push_back({Metric::roc_auc, *auc});
  }
  return classes;
}

void MulticlassTally::save(Encoder& out) const {
  out.put_i64(pairs_);
  out.put_i64(hits_);
  out.put_i64(scored_);
  log_loss_.save(out);
  squared_.save(out);
  out.put_u64(classes_.size());
  for (const auto& [label, entry] : classes_) {
    out.put_text(label);
    out.put_i64(entry.hits);
    out.put_i64(entry.predicted);
    out.put_i64(entry.actual);
    entry.scores.save(out);
  }
}

Result<MulticlassTally> MulticlassTally::load(Decoder& in) {
  MulticlassTally tally;
  tally.pairs_ = in.get_amount();
  tally.hits_ = in.get_amount();
  tally.scored_ = in.get_amount();
  auto log_loss = ExactSum::load(in);
  if (!log_loss) return log_loss.error();
  tally.log_loss_ = *std::move(log_loss);
  auto squared = ExactSum::load(in);
  if (!squared) return squared.error();
  tally.squared_ = *std::move(squared);
  const std::size_t count = in.get_count(5);
  const Error corrupt{ErrorCode::corrupt, "a multiclass tally is out of its bounds"};
  if (count > kMaxLabels) return corrupt;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::string label(in.get_text());
    if (!tally.classes_.empty() && label <= tally.classes_.rbegin()->first) return corrupt;
    Class& entry = tally.classes_[label];
    entry.hits = in.get_amount();
    entry.predicted = in.get_amount();
    entry.actual = in.get_amount();
    auto scores = ScoreHistogram::load(in);
    if (!scores) return scores.error();
    entry.scores = *std::move(scores);
    if (is_empty(entry)) return corrupt;
  }
  if (!in.ok()) return corrupt;
  return tally;
}

}  // namespace driftd::detectors
