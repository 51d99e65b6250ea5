// From what the reference counted of 0/1 questions by stratum to the limits that bets are placed against, and
// to how much its blocks vary beyond what the strata and the calendar explain (STATISTICS 3, 5, 6, 9). Pure.
//
// Strata of one group ask the same question at different ages. With m_g the group's rate, [lower, upper] what
// rates concede to it in the calendar cell (rate_null), and r_i the stratum's rate:
//   odds(m_i) = odds(r_i + 2 se_i) * odds(upper) / odds(m_g), and likewise below;
// a group of one stratum has its limits themselves. A calendar cell moves the odds of all strata by one
// factor.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/time.h"
#include "detectors/evidence/labels/stratified_rate_monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/reference_measures.h"

namespace driftd::detectors::evidence {

// The strata of a question: their groups, not falling, and no and yes of each in every block.
struct StratifiedCounts {
  std::vector<std::uint16_t> groups;
  std::vector<std::int64_t> total;
  std::vector<BlockCounts> blocks;
};

// Without the strata of which the reference has fewer than kLeastStratumLabels; `kept` are the others.
struct KeptStrata {
  std::vector<std::size_t> kept;
  StratifiedCounts counts;
};
KeptStrata without_sparse_strata(const StratifiedCounts& counts);

// Sums of a value over blocks, for the variance inflation of anything that has a mean.
struct BlockSum {
  Time start = 0;
  std::int64_t n = 0;
  double residual = 0;  // sum of value - expected
};
// `deviation` is the standard deviation of one value about what is expected of it. The law is of a stand-in:
// a rate of one half whose variance is that of the values, scaled.
MonitorReference measure_values(std::int64_t n, std::span<const BlockSum> blocks, double deviation,
                                const MeasureOptions& options);

struct MeasuredRates {
  std::vector<std::uint16_t> groups;
  std::vector<std::vector<RateNull>> limits;  // by cell, by stratum
  double inflation = 1;
  double per_slot = 0;
  bool resolved = true;
};
// `tolerance` of a group's rate.
MeasuredRates measure_rates(const StratifiedCounts& counts, const std::function<double(double)>& tolerance,
                            const MeasureOptions& options);

}  // namespace driftd::detectors::evidence
