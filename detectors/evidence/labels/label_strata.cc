#include "detectors/evidence/labels/label_strata.h"

#include <algorithm>
#include <cmath>

#include "detectors/evidence/labels/label_ages.h"

namespace driftd::detectors::evidence {
namespace {

double odds(double rate) { return rate / (1 - rate); }
double rate_of(double odds) { return odds / (1 + odds); }

// Of one stratum or several.
struct Rate {
  double n = 0;
  double yes = 0;

  [[nodiscard]] double smoothed() const { return (yes + 1) / (n + 1); }
  [[nodiscard]] double error() const {
    const double r = smoothed();
    return std::sqrt((r * (1 - r) + 1 / n) / n);
  }
};

Rate rate_at(const std::vector<std::int64_t>& counts, std::size_t stratum) {
  const auto no = static_cast<double>(counts[2 * stratum]);
  const auto yes = static_cast<double>(counts[2 * stratum + 1]);
  return {no + yes, yes};
}

// What the calendar makes of the rates, and how much of the reference stands behind a cell.
struct CellEffect {
  double odds_factor = 1;
  double share = 1;
};

std::vector<CellEffect> cell_effects(const MonitorReference& measured, const Rate& all, double deviation) {
  std::vector<CellEffect> effects;
  const double least = 1 / (all.n + 1);
  const double rate = std::clamp(all.yes / all.n, least, 1 - least);
  for (const CellLaw& law : measured.regimes.front().cells) {
    const double moved = std::clamp(rate + (law.p[1] - measured.p[1]) * 2 * deviation, least, 1 - least);
    effects.push_back({odds(moved) / odds(rate), std::min(law.n / measured.n, 1.0)});
  }
  return effects;
}

// What is conceded to a group in a cell.
RateNull conceded(const Rate& group, const CellEffect& cell, double tolerance) {
  const double least = .5 / (group.n + 1);
  const double rate = std::clamp(group.yes / group.n, least, 1 - least);
  const double moved = cell.odds_factor == 1 ? group.yes / group.n : rate_of(odds(rate) * cell.odds_factor);
  const double n = group.n * cell.share;
  return rate_null(moved * n, n, tolerance);
}

RateNull at_stratum(const Rate& stratum, const Rate& group, const RateNull& conceded) {
  RateNull found;
  const double m = odds(group.smoothed());
  const double high = stratum.smoothed() + 2 * stratum.error();
  const double low = stratum.smoothed() - 2 * stratum.error();
  if (high < 1 && conceded.upper < 1) found.upper = rate_of(odds(high) * odds(conceded.upper) / m);
  if (low > 0 && conceded.lower > 0) found.lower = rate_of(odds(low) * odds(conceded.lower) / m);
  return found;
}

std::vector<Rate> rates_by_group(const StratifiedCounts& counts) {
  std::vector<Rate> groups(counts.groups.empty() ? 0 : counts.groups.back() + std::size_t{1});
  for (std::size_t i = 0; i < counts.groups.size(); ++i) {
    const Rate stratum = rate_at(counts.total, i);
    groups[counts.groups[i]].n += stratum.n;
    groups[counts.groups[i]].yes += stratum.yes;
  }
  return groups;
}

// Of yes about the stratum's rate, over all events.
double deviation_of(const StratifiedCounts& counts) {
  double n = 0;
  double variance = 0;
  for (std::size_t i = 0; i < counts.groups.size(); ++i) {
    const Rate stratum = rate_at(counts.total, i);
    n += stratum.n;
    variance += stratum.n * stratum.smoothed() * (1 - stratum.smoothed());
  }
  return std::sqrt(variance / n);
}

std::vector<BlockSum> residual_sums(const StratifiedCounts& counts) {
  std::vector<BlockSum> sums;
  for (const BlockCounts& block : counts.blocks) {
    BlockSum sum{block.start, 0, 0};
    for (std::size_t i = 0; i < counts.groups.size(); ++i) {
      const Rate here = rate_at(block.counts, i);
      const Rate stratum = rate_at(counts.total, i);
      sum.n += block.counts[2 * i] + block.counts[2 * i + 1];
      sum.residual += here.yes - here.n * stratum.yes / stratum.n;
    }
    if (sum.n > 0) sums.push_back(sum);
  }
  return sums;
}

}  // namespace

KeptStrata without_sparse_strata(const StratifiedCounts& counts) {
  KeptStrata found;
  for (std::size_t i = 0; i < counts.groups.size(); ++i) {
    if (counts.total[2 * i] + counts.total[2 * i + 1] < kLeastStratumLabels) continue;
    found.kept.push_back(i);
    found.counts.groups.push_back(counts.groups[i]);
  }
  const auto keep = [&](const std::vector<std::int64_t>& from) {
    std::vector<std::int64_t> kept;
    for (const std::size_t i : found.kept) kept.insert(kept.end(), {from[2 * i], from[2 * i + 1]});
    return kept;
  };
  found.counts.total = keep(counts.total);
  for (const BlockCounts& block : counts.blocks)
    found.counts.blocks.push_back({block.start, keep(block.counts)});
  return found;
}

MonitorReference measure_values(std::int64_t n, std::span<const BlockSum> blocks, double deviation,
                                const MeasureOptions& options) {
  std::vector<BlockCounts> stand_ins;
  double carried = 0;  // what rounding and the ends of [0, n] left over: longer blocks see all of it
  for (const BlockSum& block : blocks) {
    const auto events = static_cast<double>(block.n);
    const double wanted = .5 * events + (deviation > 0 ? .5 * block.residual / deviation : 0) + carried;
    const double yes = std::clamp(std::round(wanted), 0.0, events);
    carried = wanted - yes;
    const auto whole = static_cast<std::int64_t>(yes);
    stand_ins.push_back({block.start, {block.n - whole, whole}});
  }
  const std::vector<std::int64_t> total = {n - n / 2, n / 2};
  return measure(total, stand_ins, Functionals::value, options);
}

MeasuredRates measure_rates(const StratifiedCounts& counts, const std::function<double(double)>& tolerance,
                            const MeasureOptions& options) {
  const std::vector<Rate> groups = rates_by_group(counts);
  Rate all;
  for (const Rate& group : groups) {
    all.n += group.n;
    all.yes += group.yes;
  }
  const double deviation = deviation_of(counts);
  const MonitorReference measured =
      measure_values(static_cast<std::int64_t>(all.n), residual_sums(counts), deviation, options);
  MeasuredRates found{counts.groups, {}, measured.inflation, measured.per_slot, measured.resolved};
  for (const CellEffect& cell : cell_effects(measured, all, deviation)) {
    std::vector<RateNull>& limits = found.limits.emplace_back();
    for (std::size_t i = 0; i < counts.groups.size(); ++i) {
      const Rate& group = groups[counts.groups[i]];
      const RateNull whole = conceded(group, cell, tolerance(group.smoothed()));
      const Rate stratum = rate_at(counts.total, i);
      limits.push_back(stratum.n == group.n ? whole : at_stratum(stratum, group, whole));
    }
  }
  return found;
}

}  // namespace driftd::detectors::evidence
