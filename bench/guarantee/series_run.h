// One series under the engine, event by event or slot by slot, and the laws that its streams come from.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "detectors/evidence/payoff.h"
#include "detectors/evidence/series_evidence.h"

namespace driftd::guarantee {

using Series = std::shared_ptr<const detectors::evidence::SeriesMonitors>;

// The 226 components over the bins of this law; eps = 0. `n`: values behind it, kKnown where it is no
// estimate.
Series numeric_series(std::vector<double> p, double n, std::optional<double> z = std::nullopt);
// The same with a weight and an inflation of its own: mutations.
Series numeric_series(std::vector<double> p, double n, double weight, double inflation);
Series rate_series(double p, double n);

// A series with eta = 1 that is granted so much a slot; S >= 1 alarms, and M := 0.
class Run {
 public:
  Run(Series series, double grant);
  // True at an alarm.
  bool close(std::span<const std::int64_t> counts);
  // One event of this symbol.
  bool close(std::size_t symbol);
  [[nodiscard]] std::int64_t slots() const { return slot_; }

 private:
  double grant_;
  std::vector<std::int64_t> counts_;
  std::int64_t slot_ = 0;
  detectors::evidence::SeriesEvidence series_;
};

// Slots until the first alarm; infinite after `most`.
double wait(Run& run, std::int64_t most, const std::function<std::size_t()>& next);

// Upper ends of the bins of a reference: order statistics ceil(n k / K), the last infinite; right-closed.
std::vector<double> edges_of(std::vector<double> values, std::size_t bins);
std::size_t bin_of(const std::vector<double>& edges, double value);
// Of the standard normal law.
std::vector<double> normal_edges(std::size_t bins);

}  // namespace driftd::guarantee
