#include "detectors/evidence/labels/label_reference.h"

#include <algorithm>
#include <cmath>

#include "detectors/evidence/labels/label_gathering.h"
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

// The end of the newest evidence slot.
Time end_of(const LabelSource& source) {
  Time until = kNoTime;
  for (const LabelledPair& pair : source.pairs)
    if (is_timed(pair))
      until = std::max(until, slot_end(slot_of(pair.evidence_time, source.slot), source.slot));
  return until;
}

}  // namespace

std::int64_t cohort_of_slot(std::int64_t prediction_slot, Duration slot) {
  return slot_of(slot_end(prediction_slot, slot) - 1, kProfileBlock);
}

std::int64_t cohort_of(Time prediction_time, Duration slot) {
  return cohort_of_slot(slot_of(prediction_time, slot), slot);
}

LabelReference label_reference(const LabelSource& source) {
  LabelGathering gathering(scale_of(source), source.slot);
  gathering.add(source.pairs);
  return gathering.finish(source.predictions, end_of(source));
}

LabelReference label_reference(const LabelSource& part, const LabelReference& whole) {
  LabelGathering gathering(whole.scale, part.slot);
  gathering.add(part.pairs);
  return gathering.finish(part.predictions, whole.until);
}

}  // namespace driftd::detectors::evidence
