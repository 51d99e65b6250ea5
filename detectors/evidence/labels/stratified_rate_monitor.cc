#include "detectors/evidence/labels/stratified_rate_monitor.h"

#include <algorithm>
#include <utility>

namespace driftd::detectors::evidence {
namespace {

bool takes_bet(const RateNull& limits, bool up) {
  const double m = up ? limits.upper : limits.lower;
  return m > 0 && m < 1;
}

}  // namespace

StratifiedRateMonitor::StratifiedRateMonitor(StratifiedRates rates) : rates_(std::move(rates)) {
  for (const bool up : {true, false}) {
    add_components(up, std::nullopt);
    if (rates_.single <= 0) continue;
    for (std::size_t i = 0; i < rates_.groups.size(); ++i) {
      if (i == 0 || rates_.groups[i] != rates_.groups[i - 1]) add_components(up, rates_.groups[i]);
    }
  }
  double sum = 0;
  for (const Component& component : components_) sum += component.weight;
  for (Component& component : components_) component.weight /= sum;
}

bool StratifiedRateMonitor::has_bet(bool up, std::size_t first, std::size_t end) const {
  return std::any_of(rates_.limits.begin(), rates_.limits.end(), [&](const std::vector<RateNull>& cell) {
    return std::any_of(cell.begin() + static_cast<std::ptrdiff_t>(first),
                       cell.begin() + static_cast<std::ptrdiff_t>(end),
                       [up](const RateNull& limits) { return takes_bet(limits, up); });
  });
}

void StratifiedRateMonitor::add_components(bool up, std::optional<std::uint16_t> group) {
  const auto& groups = rates_.groups;
  const auto range = group ? std::equal_range(groups.begin(), groups.end(), *group)
                           : std::pair(groups.begin(), groups.end());
  const auto first = static_cast<std::size_t>(range.first - groups.begin());
  const auto end = static_cast<std::size_t>(range.second - groups.begin());
  if (!has_bet(up, first, end)) return;
  const double side = up ? 1 - rates_.downward : rates_.downward;
  const double kind = group ? rates_.single : 1 - rates_.single;
  std::size_t sharers = kOddsFactors.size();
  if (group) sharers *= std::size_t{groups.back()} + 1;
  for (const double factor : kOddsFactors) {
    Component component;
    component.shape = Shape::rate;
    component.direction = up ? 1 : -1;
    component.symbol = group.value_or(0);
    component.parameter = up ? factor : 1 / factor;
    component.weight = side * kind / static_cast<double>(sharers);
    components_.push_back(component);
    bets_.push_back({first, end});
  }
}

std::int64_t StratifiedRateMonitor::events(std::span<const std::int64_t> counts) const {
  std::int64_t sum = 0;
  for (const std::int64_t count : counts) sum += count;
  return sum;
}

void StratifiedRateMonitor::prepare(std::size_t cell) const {
  if (prepared_ == cell) return;
  prepared_ = cell;
  payoffs_.clear();
  for (std::size_t c = 0; c < bets_.size(); ++c) {
    const bool up = components_[c].direction > 0;
    for (std::size_t i = bets_[c].first; i < bets_[c].end; ++i) {
      const RateNull& limits = rates_.limits[cell][i];
      Payoff& payoff = payoffs_.emplace_back();
      if (!takes_bet(limits, up)) continue;
      payoff.slope = rate_slope(components_[c].parameter);
      payoff.base = rate_base(components_[c].parameter, up ? limits.upper : limits.lower);
    }
  }
}

void StratifiedRateMonitor::log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                                            std::span<double> out) const {
  prepare(cell);
  std::size_t next = 0;
  for (std::size_t c = 0; c < bets_.size(); ++c) {
    double sum = 0;
    for (std::size_t i = bets_[c].first; i < bets_[c].end; ++i, ++next) {
      const std::int64_t n = counts[2 * i] + counts[2 * i + 1];
      sum += static_cast<double>(counts[2 * i + 1]) * payoffs_[next].slope +
             static_cast<double>(n) * payoffs_[next].base;
    }
    out[c] = sum;
  }
}

}  // namespace driftd::detectors::evidence
