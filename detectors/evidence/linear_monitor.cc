#include "detectors/evidence/linear_monitor.h"

#include <algorithm>
#include <utility>

#include "detectors/maths/portable.h"

namespace driftd::detectors::evidence {

LinearMonitor::LinearMonitor(const MonitorReference& reference, LinearFamilies families, const Floors& floors)
    : width_(reference.p.size()),
      floors_(floors),
      families_(std::move(families)),
      regimes_(reference.regimes),
      sums_(kDegrees + 2 * reference.p.size()) {
  for (Regime& regime : regimes_) regime.blocks.clear();
  if (!families_.tilts.empty()) {
    for (std::size_t degree = 1; degree <= kDegrees; ++degree) {
      const std::vector<double> row = phi_by_bin(degree, reference.p);
      phis_.insert(phis_.end(), row.begin(), row.end());
    }
  }
  const auto add_two_point = [&](const TwoPoint& payoff, std::size_t first) {
    const double outside = maths::portable_log(payoff.outside);
    add(payoff.component, first + payoff.component.symbol, maths::portable_log(payoff.inside) - outside,
        outside);
  };
  for (const Tilt& tilt : families_.tilts) add(tilt.component, tilt.degree - 1, tilt.theta, 0);
  for (const TwoPoint& payoff : families_.cdf) add_two_point(payoff, kDegrees);
  for (const TwoPoint& payoff : families_.values) add_two_point(payoff, kDegrees + width_);
  bases_.resize(components_.size());
}

void LinearMonitor::add(const Component& component, std::size_t source, double slope, double log_outside) {
  components_.push_back(component);
  sources_.push_back(static_cast<std::uint32_t>(source));
  slopes_.push_back(slope);
  log_outside_.push_back(log_outside);
}

std::int64_t LinearMonitor::events(std::span<const std::int64_t> counts) const {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts) sum += count;
  return sum;
}

void LinearMonitor::log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                                    std::span<double> out) const {
  const std::int64_t values = events(counts);
  if (values == 0) {
    std::fill(out.begin(), out.end(), 0.0);
    return;
  }
  if (cell_ != cell) use_cell(cell);
  sum_counts(counts);
  const auto n = static_cast<double>(values);
  for (std::size_t c = 0; c < out.size(); ++c) out[c] = sums_[sources_[c]] * slopes_[c] + n * bases_[c];
}

void LinearMonitor::sum_counts(std::span<const std::int64_t> counts) const {
  for (std::size_t row = 0; row * width_ < phis_.size(); ++row) {
    double sum = 0;
    for (std::size_t k = 0; k < width_; ++k) sum += static_cast<double>(counts[k]) * phis_[row * width_ + k];
    sums_[row] = sum;
  }
  std::int64_t below = 0;
  for (std::size_t k = 0; k < width_; ++k) {
    below += counts[k];
    sums_[kDegrees + k] = static_cast<double>(below);
    sums_[kDegrees + width_ + k] = static_cast<double>(counts[k]);
  }
}

void LinearMonitor::use_cell(std::size_t cell) const {
  std::fill(bases_.begin(), bases_.end(), 0.0);
  for (const Regime& regime : regimes_) raise_means(regime.cells[cell], bases_);
  maths::portable_log(std::span<double>(bases_));
  for (std::size_t c = 0; c < bases_.size(); ++c) bases_[c] = log_outside_[c] - bases_[c];
  cell_ = cell;
}

// means[c] := the larger of itself and Z_c under this law.
void LinearMonitor::raise_means(const CellLaw& law, std::span<double> means) const {
  std::size_t c = 0;
  const auto raise = [&](double mean) {
    means[c] = std::max(means[c], mean);
    ++c;
  };
  for (const Tilt& tilt : families_.tilts) raise(floored_mean(tilt, law.p, law.n, floors_));
  std::size_t edge = 0;
  double share = law.p.empty() ? 0 : law.p[0];
  for (const TwoPoint& payoff : families_.cdf) {
    while (edge < payoff.component.symbol) share += law.p[++edge];
    raise(floored_mean(payoff, share, law.n, floors_));
  }
  for (const TwoPoint& payoff : families_.values) {
    raise(floored_mean(payoff, law.p[payoff.component.symbol], law.n, floors_));
  }
}

}  // namespace driftd::detectors::evidence
