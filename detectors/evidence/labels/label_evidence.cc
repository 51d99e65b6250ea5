#include "detectors/evidence/labels/label_evidence.h"

#include <algorithm>
#include <utility>

namespace driftd::detectors::evidence {
namespace {

std::int64_t sum_of(const std::vector<std::size_t>& places, const std::vector<std::int64_t>& values) {
  std::int64_t sum = 0;
  for (const std::size_t place : places) sum += values[place];
  return sum;
}

}  // namespace

std::shared_ptr<const LabelPlan> LabelPlan::make(LabelReference reference, const LabelOptions& options) {
  const LabelMeasures measures(reference, options);
  return std::shared_ptr<const LabelPlan>(new LabelPlan(std::move(reference), measures));
}

LabelPlan::LabelPlan(LabelReference reference, const LabelMeasures& measures)
    : reference_(std::move(reference)),
      columns_(label_columns(measures)),
      arrived_(reference_.scale, true,
               loss_bets(measures.arrived, measures.arrived_layout, measures.options.tolerance)) {
  const bool asks_arrivals = std::any_of(columns_.begin(), columns_.end(), [](const LabelColumn& column) {
    return column.kind == EvidenceKind::labels;
  });
  const LossBets bets = loss_bets(measures.matured, measures.matured_layout, measures.options.tolerance);
  if (reference_.scale.ages.known)
    rules_ = std::make_shared<const CohortRules>(
        CohortRules{reference_.scale.ages, PairCounter(reference_.scale, false, bets), asks_arrivals});
  for (const LabelColumn& column : columns_) {
    LabelSeries series{column.kind, column.column, {}, reference_.scale.ages.buckets() > 1, true};
    for (const LabelQuestion& question : column.questions) {
      series.age_matched.push_back(question.said == Said::at_arrival);
      series.resolved = series.resolved && question.resolved;
    }
    series_.push_back(std::move(series));
  }
}

std::shared_ptr<const SeriesMonitors> LabelPlan::monitors(std::size_t series) const {
  auto found = std::make_shared<SeriesMonitors>();
  for (const LabelQuestion& question : columns_[series].questions)
    found->monitors.push_back({question.make(), question.weight, question.inflation, question.per_slot});
  return found;
}

std::vector<ColumnBlocks> label_blocks(const LabelReference& reference, const LabelOptions& options) {
  const LabelMeasures measures(reference, options);
  std::vector<ColumnBlocks> found;
  for (const LabelColumn& column : label_columns(measures)) {
    std::size_t width = 0;
    for (const LabelQuestion& question : column.questions) width += question.sums.size();
    std::map<Time, std::vector<std::int64_t>> counts;
    std::size_t first = 0;
    for (const LabelQuestion& question : column.questions) {
      const JudgedCounts& said = question.said == Said::at_arrival ? measures.arrived
                                 : question.said == Said::in_time  ? measures.matured
                                                                   : measures.arrivals;
      for (const BlockCounts& block : said.blocks) {
        std::vector<std::int64_t>& all = counts[block.start];
        all.resize(width, 0);
        for (std::size_t i = 0; i < question.sums.size(); ++i)
          all[first + i] += sum_of(question.sums[i], block.counts);
      }
      first += question.sums.size();
    }
    ColumnBlocks& blocks = found.emplace_back();
    for (const auto& [start, each] : counts) {
      blocks.starts.push_back(start);
      blocks.counts.insert(blocks.counts.end(), each.begin(), each.end());
    }
  }
  return found;
}

std::size_t LabelPlan::counts(std::size_t series) const {
  std::size_t size = 0;
  for (const LabelQuestion& question : columns_[series].questions) size += question.sums.size();
  return size;
}

std::optional<RateEffect> LabelPlan::effect(std::size_t series, std::span<const std::int64_t> counts) const {
  std::size_t from = 0;
  for (const LabelQuestion& question : columns_[series].questions) {
    const std::size_t width = question.sums.size();
    if (from + width > counts.size()) return std::nullopt;
    if (!question.rates.groups.empty()) return rate_effect(question.rates, counts.subspan(from, width));
    from += width;
  }
  return std::nullopt;
}

void LabelSegment::begin(std::shared_ptr<const LabelPlan> plan, Time reference_end) {
  plan_ = std::move(plan);
  if (plan_->rules_) ledger_.begin(plan_->rules_, reference_end);
}

std::vector<LabelCounts> LabelSegment::close(std::int64_t slot, std::span<const LabelledPair> pairs) {
  PairCounts arrived = plan_->arrived_.none();
  CohortLedger::Judged judged;
  for (const LabelledPair& pair : pairs) plan_->arrived_.add(arrived, pair);
  if (plan_->rules_) {
    for (const LabelledPair& pair : pairs) ledger_.add(pair);
    judged = ledger_.close(slot_end(slot, slot_));
  }
  std::vector<LabelCounts> found;
  for (std::size_t series = 0; series < plan_->columns_.size(); ++series) {
    LabelCounts counts{series, {}};
    for (const LabelQuestion& question : plan_->columns_[series].questions) {
      const auto& values = question.said == Said::at_arrival ? arrived.values
                           : question.said == Said::in_time  ? judged.matured.values
                                                             : judged.arrivals;
      for (const auto& places : question.sums)
        counts.counts.push_back(values.empty() ? 0 : sum_of(places, values));
    }
    const bool any = std::any_of(counts.counts.begin(), counts.counts.end(),
                                 [](std::int64_t count) { return count != 0; });
    if (any) found.push_back(std::move(counts));
  }
  return found;
}

Result<LabelSegment> LabelSegment::load(Duration slot, Duration horizon,
                                        std::shared_ptr<const LabelPlan> plan, Decoder& in) {
  LabelSegment segment(slot, horizon);
  auto ledger = CohortLedger::load(slot, horizon, plan ? plan->rules_ : nullptr, in);
  if (!ledger.ok()) return ledger.error();
  segment.plan_ = std::move(plan);
  segment.ledger_ = *std::move(ledger);
  return segment;
}

}  // namespace driftd::detectors::evidence
