#include "detectors/performance/calibration_map.h"

#include <algorithm>
#include <cstdint>

namespace driftd::detectors {
namespace {

struct Pool {
  double first = 0;  // scores
  double last = 0;
  std::int64_t positives = 0;
  std::int64_t n = 0;

  [[nodiscard]] double mean() const { return static_cast<double>(positives) / static_cast<double>(n); }
};

std::vector<Pool> pools_of(const ScoreHistogram& reference) {
  std::vector<Pool> pools;
  for (const ScoreHistogram::Bin& bin : reference.bins()) {
    const std::int64_t n = bin.positives + bin.negatives;
    if (n <= 0) continue;
    const double score = ScoreHistogram::score_of(bin.index);
    Pool pool{score, score, bin.positives, n};
    while (!pools.empty() && pools.back().mean() >= pool.mean()) {
      pool = {pools.back().first, pool.last, pools.back().positives + pool.positives,
              pools.back().n + pool.n};
      pools.pop_back();
    }
    pools.push_back(pool);
  }
  return pools;
}

}  // namespace

std::optional<CalibrationMap> CalibrationMap::fit(const ScoreHistogram& reference) {
  std::int64_t positives = 0, negatives = 0;
  for (const ScoreHistogram::Bin& bin : reference.bins()) {
    positives += bin.positives;
    negatives += bin.negatives;
  }
  if (positives <= 0 || negatives <= 0) return std::nullopt;
  CalibrationMap map;
  for (const Pool& pool : pools_of(reference)) {
    map.knots_.push_back({pool.first, pool.mean()});
    if (pool.last > pool.first) map.knots_.push_back({pool.last, pool.mean()});
  }
  return map;
}

double CalibrationMap::at(double score) const {
  const auto above = std::upper_bound(knots_.begin(), knots_.end(), score,
                                      [](double wanted, const Knot& knot) { return wanted < knot.score; });
  if (above == knots_.begin()) return knots_.front().probability;
  if (above == knots_.end()) return knots_.back().probability;
  const Knot& below = *std::prev(above);
  const double part = (score - below.score) / (above->score - below.score);
  return below.probability + part * (above->probability - below.probability);
}

}  // namespace driftd::detectors
