#include "detectors/evidence/rate_monitor.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace driftd::detectors::evidence {
namespace {

RateNull null_of(const CellLaw& law, double tolerance) {
  return rate_null(law.p[1] * law.n, law.n, tolerance);
}

class RateMonitor final : public Monitor {
 public:
  RateMonitor(const MonitorReference& reference, Shape shape, double tolerance) {
    const RateNull whole = rate_null(reference.p[1] * reference.n, reference.n, tolerance);
    components_ = rate_components(shape, whole.lower > 0);
    for (const Component& component : components_) slopes_.push_back(rate_slope(component.parameter));
    bases_.resize(components_.size());
    for (std::size_t cell = 0; cell < reference.regimes.front().cells.size(); ++cell) {
      RateNull conceded = null_of(reference.regimes.front().cells[cell], tolerance);
      for (const Regime& regime : reference.regimes) {
        const RateNull own = null_of(regime.cells[cell], tolerance);
        conceded = {std::max(conceded.upper, own.upper), std::min(conceded.lower, own.lower)};
      }
      cells_.push_back(conceded);
    }
  }

  [[nodiscard]] std::span<const Component> components() const override { return components_; }
  [[nodiscard]] std::size_t width() const override { return 2; }
  [[nodiscard]] std::int64_t events(std::span<const std::int64_t> counts) const override {
    return counts[0] + counts[1];
  }

  void log_likelihoods(std::span<const std::int64_t> counts, std::size_t cell,
                       std::span<double> out) const override {
    if (cell_ != cell) use_cell(cell);
    const auto ones = static_cast<double>(counts[1]);
    const auto n = static_cast<double>(events(counts));
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = ones * slopes_[c] + n * bases_[c];
  }

 private:
  void use_cell(std::size_t cell) const {
    for (std::size_t c = 0; c < bases_.size(); ++c) {
      const Component& component = components_[c];
      bases_[c] =
          rate_base(component.parameter, component.direction > 0 ? cells_[cell].upper : cells_[cell].lower);
    }
    cell_ = cell;
  }

  std::vector<Component> components_;
  std::vector<double> slopes_;
  std::vector<RateNull> cells_;
  mutable std::optional<std::size_t> cell_;
  mutable std::vector<double> bases_;
};

}  // namespace

std::unique_ptr<const Monitor> rate_monitor(const MonitorReference& reference, Shape shape,
                                            double tolerance) {
  return std::make_unique<RateMonitor>(reference, shape, tolerance);
}

}  // namespace driftd::detectors::evidence
