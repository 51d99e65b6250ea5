// The questions that evidence on labels asks, one for each monitor: which integers it reads, how it is made,
// and what it is measured against (STATISTICS 3 and 9). Behind the door label_evidence.h. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "detectors/evidence/budget_shares.h"
#include "detectors/evidence/labels/label_reference.h"
#include "detectors/evidence/labels/label_strata.h"
#include "detectors/evidence/labels/pair_counts.h"
#include "detectors/evidence/labels/rate_effect.h"
#include "detectors/evidence/monitor.h"
#include "detectors/evidence/reference_measures.h"

namespace driftd::detectors::evidence {

struct LabelOptions {
  MeasureOptions measures;
  double tolerance = 0.01;  // practical floor of rates and of the bounded loss (STATISTICS 3)
};

// Which integers a question reads.
enum class Said : std::uint8_t {
  at_arrival,  // pairs of the evidence slot, by the label's age
  in_time,     // cohorts that have matured
  or_not,      // predictions without a label that got one, by age
};

struct LabelQuestion {
  Said said = Said::at_arrival;
  // Each count of the monitor is the sum of these integers.
  std::vector<std::vector<std::size_t>> sums;
  std::function<std::unique_ptr<const Monitor>()> make;
  double weight = 0;
  double inflation = 1;
  double per_slot = 0;
  bool resolved = true;
  RateStrata rates;  // what the reference counted of a 0/1 question; none of another
};

struct LabelColumn {
  EvidenceKind kind = EvidenceKind::concept_drift;
  std::string_view column;
  std::vector<LabelQuestion> questions;
};

// The reference's counts of one layout, in all and by the five minutes at which they were judged.
struct JudgedCounts {
  std::vector<std::int64_t> total;
  std::vector<BlockCounts> blocks;  // rising
};

// What the reference says, decoded once.
struct LabelMeasures {
  LabelMeasures(const LabelReference& reference, const LabelOptions& label_options);

  const LabelOptions options;
  const LabelAges ages;
  const Task task;
  PairLayout arrived_layout;
  PairLayout matured_layout;
  JudgedCounts arrived;
  JudgedCounts matured;
  JudgedCounts arrivals;  // by age bucket: no label, label
};

// What bets on the bounded loss of the counts are placed against; without means where the reference has
// too few losses.
LossBets loss_bets(const JudgedCounts& counts, const PairLayout& layout, double tolerance);

// Columns in the order of the door; those without a question are left out.
std::vector<LabelColumn> label_columns(const LabelMeasures& measures);

}  // namespace driftd::detectors::evidence
