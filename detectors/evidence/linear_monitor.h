// LinearMonitor: a monitor whose every log L_c is x * slope_c + N * base_c, x one of a few linear sums of
// the counts and base_c = (log g_c elsewhere) - log Z_c of the calendar cell. All payoffs over bins and
// categories are of this kind.
//
// The slopes are fixed; the bases of the last cell asked for are kept, those of all cells of all columns
// would be hundreds of megabytes. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "detectors/evidence/monitor.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/payoff.h"
#include "detectors/evidence/tilts.h"

namespace driftd::detectors::evidence {

struct LinearFamilies {
  std::vector<Tilt> tilts;
  std::vector<TwoPoint> cdf;
  std::vector<TwoPoint> values;  // components in this order
};

class LinearMonitor final : public Monitor {
 public:
  // Precondition: every law has the symbols of reference.p, every regime the same number of cells.
  LinearMonitor(const MonitorReference& reference, LinearFamilies families, const Floors& floors);

  [[nodiscard]] std::span<const Component> components() const override { return components_; }
  [[nodiscard]] std::size_t width() const override { return width_; }
  [[nodiscard]] std::int64_t events(std::span<const std::int64_t> counts) const override;
  void log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                       std::span<double> out) const override;

 private:
  void add(const Component& component, std::size_t source, double slope, double log_outside);
  void sum_counts(std::span<const std::int64_t> counts) const;
  void use_cell(std::size_t cell) const;
  void raise_means(const CellLaw& law, std::span<double> means) const;

  std::size_t width_;
  Floors floors_;
  LinearFamilies families_;
  std::vector<Regime> regimes_;
  std::vector<double> phis_;  // 4 x width, empty without tilts
  std::vector<Component> components_;
  std::vector<std::uint32_t> sources_;
  std::vector<double> slopes_;
  std::vector<double> log_outside_;
  // Of the last call: sums are by source (four of phi, by edge, by symbol).
  mutable std::optional<std::size_t> cell_;
  mutable std::vector<double> bases_;
  mutable std::vector<double> sums_;
};

}  // namespace driftd::detectors::evidence
