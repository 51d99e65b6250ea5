#include "detectors/evidence/labels/label_reference.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detectors/profile.h"
#include "detectors/reference_columns.h"

namespace driftd::detectors::evidence {
namespace {

bool is_timed(const LabelledPair& pair) { return pair.evidence_time != kNoTime; }

template <class Value>
std::vector<double> sorted_values(const std::vector<LabelledPair>& pairs, Value value) {
  std::vector<double> found;
  for (const LabelledPair& pair : pairs) {
    if (const std::optional<double> each = value(pair); each && std::isfinite(*each)) found.push_back(*each);
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Order statistics ceil(n k / 10), each once, below the largest.
std::vector<double> decile_edges(const std::vector<double>& sorted) {
  std::vector<double> edges;
  for (std::size_t k = 1; k < kDeciles && !sorted.empty(); ++k) {
    const double edge = sorted[(sorted.size() * k + kDeciles - 1) / kDeciles - 1];
    if (edge < sorted.back() && (edges.empty() || edges.back() < edge)) edges.push_back(edge);
  }
  return edges;
}

PairScale scale_of(const LabelSource& source) {
  PairScale scale;
  scale.task = source.task;
  std::vector<Duration> ages;
  for (const LabelledPair& pair : source.pairs) {
    if (is_timed(pair) && source.ages_known) ages.push_back(pair.age);
  }
  scale.ages = label_ages(std::move(ages));
  if (source.task == Task::binary) {
    const auto scores = sorted_values(source.pairs, [](const LabelledPair& pair) { return pair.score; });
    scale.scored = !scores.empty();
    scale.score_edges = decile_edges(scores);
  }
  if (source.task == Task::regression) {
    const auto losses =
        sorted_values(source.pairs, [](const auto& pair) { return std::optional(pair.loss); });
    if (!losses.empty()) scale.loss_bound = losses[(losses.size() * 999 + 999) / 1000 - 1];
    const auto residuals =
        sorted_values(source.pairs, [](const auto& pair) { return std::optional(pair.residual); });
    if (!residuals.empty())
      scale.residual_edges = evidence_edges(residuals, residuals.front(), residuals.back());
  }
  return scale;
}

class Builder {
 public:
  explicit Builder(const LabelSource& source) : source_(source) {
    reference_.scale = scale_of(source);
    reference_.arrivals = reference_.scale.ages.known && !source.predictions.empty();
    for (const LabelledPair& pair : source.pairs) {
      if (!is_timed(pair)) continue;
      const Time end = slot_end(slot_of(pair.evidence_time, source.slot), source.slot);
      reference_.until = std::max(reference_.until, end);
    }
  }

  LabelReference build() && {
    count_arrived();
    count_cohorts();
    for (auto& [number, block] : blocks_) reference_.blocks.push_back(std::move(block));
    return std::move(reference_);
  }

 private:
  // The pairs in the order of a number that falls to them, each number's pairs at once.
  template <class Number, class Use>
  void by_number(Number number, Use use) {
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t i = 0; i < source_.pairs.size(); ++i) {
      if (is_timed(source_.pairs[i])) order.emplace_back(number(source_.pairs[i]), i);
    }
    std::sort(order.begin(), order.end());
    std::vector<const LabelledPair*> together;
    for (std::size_t i = 0; i < order.size(); ++i) {
      together.push_back(&source_.pairs[order[i].second]);
      if (i + 1 < order.size() && order[i + 1].first == order[i].first) continue;
      use(order[i].first, together);
      together.clear();
    }
  }

  LabelBlock& block(std::int64_t number) {
    LabelBlock& found = blocks_[number];
    found.block = number;
    return found;
  }

  void count_arrived() {
    const PairCounter counter(reference_.scale, true);
    by_number([](const LabelledPair& pair) { return slot_of(pair.evidence_time, kProfileBlock); },
              [&](std::int64_t number, const std::vector<const LabelledPair*>& pairs) {
                PairCounts counts = counter.none();
                for (const LabelledPair* pair : pairs) counter.add(counts, *pair);
                block(number).arrived = counts.encode();
              });
    PairCounts timeless = counter.none();
    for (const LabelledPair& pair : source_.pairs) {
      if (!is_timed(pair)) counter.add(timeless, pair);
    }
    reference_.timeless = timeless.encode();
  }

  void count_cohorts() {
    const LabelAges& ages = reference_.scale.ages;
    if (!ages.known) return;
    for (const auto& [cohort, predictions] : source_.predictions) {
      if (predictions <= 0 || slot_end(cohort, kProfileBlock) > reference_.until) continue;
      std::vector<std::int64_t>& counts = block(cohort).cohort;
      counts.assign(1 + ages.buckets(), 0);
      counts[0] = predictions;
    }
    const PairCounter counter(reference_.scale, false);
    by_number([&](const LabelledPair& pair) { return cohort_of(pair.prediction_time, source_.slot); },
              [&](std::int64_t cohort, const std::vector<const LabelledPair*>& pairs) {
                count_cohort(counter, cohort, pairs);
              });
  }

  void count_cohort(const PairCounter& counter, std::int64_t cohort,
                    const std::vector<const LabelledPair*>& pairs) {
    const LabelAges& ages = reference_.scale.ages;
    const Time ripe = slot_end(cohort, kProfileBlock) + ages.ripe;
    PairCounts matured = counter.none();
    for (const LabelledPair* pair : pairs) {
      if (pair->evidence_time < ripe) counter.add(matured, *pair);
    }
    if (ripe <= reference_.until && !matured.empty()) block(cohort).matured = matured.encode();
    const auto found = blocks_.find(cohort);
    if (found == blocks_.end() || found->second.cohort.empty()) return;
    for (const LabelledPair* pair : pairs) {
      const Duration age = pair->known_after();
      if (age <= ages.ends.back()) ++found->second.cohort[1 + ages.bucket_of(age)];
    }
  }

  const LabelSource& source_;
  LabelReference reference_;
  std::map<std::int64_t, LabelBlock> blocks_;
};

}  // namespace

std::int64_t cohort_of_slot(std::int64_t prediction_slot, Duration slot) {
  return slot_of(slot_end(prediction_slot, slot) - 1, kProfileBlock);
}

std::int64_t cohort_of(Time prediction_time, Duration slot) {
  return cohort_of_slot(slot_of(prediction_time, slot), slot);
}

LabelReference label_reference(const LabelSource& source) { return Builder(source).build(); }

}  // namespace driftd::detectors::evidence
