#include "detectors/evidence/reference_measures.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "detectors/evidence/cell_means.h"
#include "detectors/evidence/residuals.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr std::int64_t kLeastBlocks = 7;
constexpr double kResolvedGrowth = 1.3;

double sample_factor(std::int64_t blocks) { return 1 + std::sqrt(2 / static_cast<double>(blocks)); }

// What five-minute counts can tell of blocks of this length: at least one, and whole ones.
Duration measurable(Duration length) {
  return std::max<Duration>((length + kProfileBlock - 1) / kProfileBlock, 1) * kProfileBlock;
}

std::vector<Duration> rising(std::vector<Duration> lengths) {
  std::sort(lengths.begin(), lengths.end());
  lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
  return lengths;
}

Sums sums_of(std::span<const std::int64_t> counts) {
  Sums sums;
  for (const std::int64_t count : counts) {
    sums.n += static_cast<double>(count);
    sums.sums.push_back(static_cast<double>(count));
  }
  return sums;
}

std::vector<double> shares(std::span<const std::int64_t> counts) {
  Sums sums = sums_of(counts);
  for (double& share : sums.sums) share = sums.n > 0 ? share / sums.n : 0;
  return std::move(sums.sums);
}

std::vector<CellLaw> laws_by_cell(std::span<const std::int64_t> total, std::span<const BlockCounts> blocks,
                                  const Calendar& calendar) {
  if (blocks.empty()) {
    return std::vector<CellLaw>(calendar.size(), CellLaw{shares(total), sums_of(total).n});
  }
  std::vector<Sums> cells(calendar.size(), Sums{0, std::vector<double>(total.size(), 0)});
  for (const BlockCounts& block : blocks) {
    Sums& cell = cells[calendar.cell_of(block.start)];
    for (std::size_t k = 0; k < total.size(); ++k) {
      cell.n += static_cast<double>(block.counts[k]);
      cell.sums[k] += static_cast<double>(block.counts[k]);
    }
  }
  std::vector<CellLaw> laws;
  for (Means& means : shrunk_means(sums_of(total), cells, calendar.cells, total.size())) {
    laws.push_back({std::move(means.means), means.n});
  }
  if (laws.empty()) laws.resize(calendar.size(), CellLaw{std::vector<double>(total.size(), 0), 0});
  return laws;
}

std::vector<Functional> functionals_of(Functionals kind, std::span<const double> p) {
  switch (kind) {
    case Functionals::tilts:
      return tilt_functionals(p);
    case Functionals::indicators:
      return indicator_functionals(p);
    case Functionals::value:
      return value_functional(p.size());
  }
  return {};
}

struct Inflation {
  double factor = 1;
  bool resolved = false;
};

// The largest over the functionals; 1 where nothing varies.
double factor_of(const std::vector<BlockSums>& sums) {
  double largest = 1;
  for (const BlockSums& each : sums) {
    if (!(each.variance > 0)) continue;
    largest = std::max(largest, sample_factor(each.blocks) * each.squares / each.variance);
  }
  return largest;
}

Inflation inflation_of(const Residuals& residuals, Duration slot) {
  Inflation found;
  std::vector<double> factors;
  std::int64_t blocks = 1;  // of the largest length
  for (const Duration length :
       rising({measurable(slot), 20 * kMinute, kHour, 4 * kHour, 12 * kHour, kDay, 2 * kDay})) {
    const std::vector<BlockSums> sums = sum_over_blocks(residuals, length, residuals.origin);
    if (sums.empty() || sums.front().blocks < kLeastBlocks) continue;
    factors.push_back(factor_of(sums));
    blocks = sums.front().blocks;
    found.factor = std::max(found.factor, factors.back());
  }
  // Of few blocks the largest factor is mostly chance: the limit widens by what chance makes of it.
  const double limit = kResolvedGrowth * (1 + 1 / std::sqrt(static_cast<double>(blocks)));
  found.resolved = factors.size() >= 2 && factors.back() <= limit * factors[factors.size() - 2];
  return found;
}

// tau_h^2 of the blocks that the bank may use: whole slots, whole five minutes, often enough in the
// reference.
std::vector<BlockScale> scales_of(const Residuals& residuals, Duration slot) {
  std::vector<BlockScale> scales;
  for (const Duration block : rising({measurable(slot), 15 * kMinute, kHour, 3 * kHour, 12 * kHour})) {
    if (block < slot || block % slot != 0 || block != measurable(block)) continue;
    const std::vector<BlockSums> sums = sum_over_blocks(residuals, block, 0);
    if (sums.size() != 2 || sums.front().blocks < kLeastBlocks) continue;
    BlockScale scale{block, {}};
    for (std::size_t f = 0; f < 2; ++f) {
      const double beyond = sums[f].squares * sample_factor(sums[f].blocks) - sums[f].variance;
      scale.tau2[f] = std::max(0., beyond / sums[f].squared_events);
    }
    scales.push_back(scale);
  }
  return scales;
}

double mean_per_slot(std::span<const BlockCounts> blocks, Duration slot) {
  if (blocks.empty()) return 0;
  double n = 0;
  for (const BlockCounts& block : blocks) n += sums_of(block.counts).n;
  const Duration span = blocks.back().start + kProfileBlock - blocks.front().start;
  return n * static_cast<double>(slot) / static_cast<double>(span);
}

}  // namespace

MonitorReference measure(std::span<const std::int64_t> total, std::span<const BlockCounts> blocks,
                         Functionals functionals, const MeasureOptions& options) {
  MonitorReference reference;
  reference.p = shares(total);
  reference.n = sums_of(total).n;
  add_regime(reference, total, blocks, functionals, options);
  return reference;
}

void add_regime(MonitorReference& reference, std::span<const std::int64_t> total,
                std::span<const BlockCounts> blocks, Functionals functionals, const MeasureOptions& options) {
  Regime& regime = reference.regimes.emplace_back();
  regime.cells = laws_by_cell(total, blocks, options.calendar);
  const double per_slot = mean_per_slot(blocks, options.slot);
  const bool sparser = reference.per_slot == 0 || (per_slot > 0 && per_slot < reference.per_slot);
  if (sparser) reference.per_slot = per_slot;
  if (!options.measure) return;
  const Residuals residuals =
      leave_one_out(blocks, functionals_of(functionals, reference.p), options.calendar);
  const Inflation inflation = inflation_of(residuals, options.slot);
  reference.inflation = std::max(reference.inflation, inflation.factor);
  reference.resolved = reference.resolved && inflation.resolved;
  if (functionals == Functionals::tilts) regime.blocks = scales_of(residuals, options.slot);
}

}  // namespace driftd::detectors::evidence
