// StratifiedRateMonitor: bets on 0/1 events whose null differs by stratum (STATISTICS 3 and 9): errors by
// the label's age, positives by decile of the score and age, labels that come by age of the prediction.
//
// Upward components bet that the odds of `yes` are a factor above the upper limit m_i of every stratum i,
// downward ones the same below the lower limit (rate_payoff.h). E[L] <= 1 while each stratum's rate lies
// within its limits, however many events fall in which. A component bets on all strata alike, or on those of
// one group. Counts: no and yes of each stratum, which merge. Lower limits of 0 and upper ones of 1 take no
// bet; components without any are left out, and their weight is shared among the rest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/evidence/monitor.h"
#include "detectors/evidence/rate_payoff.h"

namespace driftd::detectors::evidence {

struct StratifiedRates {
  std::vector<std::uint16_t> groups;          // by stratum, not falling
  std::vector<std::vector<RateNull>> limits;  // by calendar cell, by stratum; at least one cell
  double downward = 0.1;                      // share of the weight
  // Share of the weight for bets on single groups; 0 where there is one group.
  double single = 0;
};

class StratifiedRateMonitor : public Monitor {
 public:
  explicit StratifiedRateMonitor(StratifiedRates rates);

  [[nodiscard]] std::span<const Component> components() const override { return components_; }
  [[nodiscard]] std::size_t width() const override { return 2 * rates_.groups.size(); }
  [[nodiscard]] std::int64_t events(std::span<const std::int64_t> counts) const override;
  void log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                       std::span<double> out) const override;

 private:
  struct Bet {  // of one component
    std::size_t first = 0;
    std::size_t end = 0;  // strata
  };
  struct Payoff {  // of one stratum: yes * slope + n * base
    double slope = 0;
    double base = 0;
  };
  void add_components(bool up, std::optional<std::uint16_t> group);
  [[nodiscard]] bool has_bet(bool up, std::size_t first, std::size_t end) const;
  void prepare(std::size_t cell) const;

  StratifiedRates rates_;
  std::vector<Component> components_;
  std::vector<Bet> bets_;  // by component
  // Payoffs in the cell asked for last, component by component, stratum by stratum.
  mutable std::optional<std::size_t> prepared_;
  mutable std::vector<Payoff> payoffs_;
};

}  // namespace driftd::detectors::evidence
