#include "detectors/statistics/binned_distance.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "detectors/statistics/cell_mass.h"

namespace driftd::detectors {
namespace {

double total_of(std::span<const CellCount> counts) {
  double total = 0;
  for (std::size_t cell = kBelowCell; cell < counts.size(); ++cell) {
    total += static_cast<double>(counts[cell].count);
  }
  return total;
}

bool is_point_cell(const ColumnProfile& column, std::size_t cell) {
  const bool inner = cell >= kFirstBin && cell < column.above_cell();
  return inner && is_point_bin(column.low(cell - kFirstBin), column.knots[cell - kFirstBin]);
}

// The area between two distribution functions whose steps are handed in from left to right.
class Area {
 public:
  void step(double at, double reference, double current) {
    if (any_) area_ += std::abs(difference_) * (at - last_);
    difference_ += reference - current;
    last_ = at;
    any_ = true;
  }
  [[nodiscard]] double value() const { return area_; }

 private:
  bool any_ = false;
  double last_ = 0;
  double difference_ = 0;
  double area_ = 0;
};

}  // namespace

std::optional<BinnedDistance> binned_ks(const ColumnProfile& column, std::span<const CellCount> current) {
  const double n = total_of(column.reference);
  const double m = total_of(current);
  if (n <= 0 || m <= 0) return std::nullopt;
  double reference_sum = 0;
  double current_sum = 0;
  double value = 0;
  double most = 0;  // of the raw values at any point inside a bin
  for (std::size_t cell = kBelowCell; cell < current.size(); ++cell) {
    const double reference_before = reference_sum / n;
    const double current_before = current_sum / m;
    reference_sum += static_cast<double>(column.reference[cell].count);
    current_sum += static_cast<double>(current[cell].count);
    value = std::max(value, std::abs(reference_sum / n - current_sum / m));
    if (is_point_cell(column, cell)) continue;
    most = std::max({most, reference_sum / n - current_before, current_sum / m - reference_before});
  }
  return BinnedDistance{value, std::max(most - value, 0.0)};
}

std::optional<BinnedDistance> binned_wasserstein(const ColumnProfile& column,
                                                 std::span<const CellCount> current) {
  const double n = total_of(column.reference);
  const double m = total_of(current);
  if (n <= 0 || m <= 0) return std::nullopt;
  Area area;
  double bound = 0;
  bool known = true;
  for (std::size_t cell = kBelowCell; cell < current.size(); ++cell) {
    const CellMass reference = cell_mass(column, cell, column.reference[cell], n);
    const CellMass now = cell_mass(column, cell, current[cell], m);
    const auto step = [&area](const CellMass& mass, double sign) {
      if (mass.share > 0) area.step(mass.at, sign > 0 ? mass.share : 0, sign > 0 ? 0 : mass.share);
    };
    if (reference.at <= now.at) {
      step(reference, 1);
      step(now, -1);
    } else {
      step(now, -1);
      step(reference, 1);
    }
    bound += reference.error + now.error;
    known = known && reference.known && now.known;
  }
  if (!std::isfinite(area.value())) return std::nullopt;
  return BinnedDistance{area.value(), known && std::isfinite(bound) ? std::optional(bound) : std::nullopt};
}

TwoSamples steps_of_cells(const ColumnProfile& column, std::span<const CellCount> current) {
  std::vector<Step> steps;
  for (std::size_t cell = kBelowCell; cell < current.size(); ++cell) {
    steps.push_back({static_cast<double>(cell), column.reference[cell].count, current[cell].count});
  }
  return TwoSamples(std::move(steps));
}

TwoSamples masses_of_cells(const ColumnProfile& column, std::span<const CellCount> current) {
  std::vector<Step> steps;
  for (std::size_t cell = kBelowCell; cell < current.size(); ++cell) {
    const CellCount& before = column.reference[cell];
    const CellCount& now = current[cell];
    const Step reference{cell_mass(column, cell, before, 1).at, before.count, 0};
    const Step later{cell_mass(column, cell, now, 1).at, 0, now.count};
    const bool swapped = before.count > 0 && now.count > 0 && later.at < reference.at;
    steps.push_back(swapped ? later : reference);
    steps.push_back(swapped ? reference : later);
  }
  return TwoSamples(std::move(steps));
}

std::optional<BinnedDistance> binned_kuiper(const ColumnProfile& column, std::span<const CellCount> current) {
  const double n = total_of(column.reference), m = total_of(current);
  if (n <= 0 || m <= 0) return std::nullopt;
  double reference_sum = 0, current_sum = 0;
  double above = 0, below = 0, most_above = 0, most_below = 0;  // F - G, G - F; of the raw values
  for (std::size_t cell = kBelowCell; cell < current.size(); ++cell) {
    const double reference_before = reference_sum / n, current_before = current_sum / m;
    reference_sum += static_cast<double>(column.reference[cell].count);
    current_sum += static_cast<double>(current[cell].count);
    above = std::max(above, reference_sum / n - current_sum / m);
    below = std::max(below, current_sum / m - reference_sum / n);
    const bool point = is_point_cell(column, cell);
    most_above = std::max({most_above, above, point ? 0 : reference_sum / n - current_before});
    most_below = std::max({most_below, below, point ? 0 : current_sum / m - reference_before});
  }
  return BinnedDistance{above + below, most_above + most_below - above - below};
}

std::optional<BinnedDistance> binned_auc(const ColumnProfile& column, std::span<const CellCount> current) {
  const TwoSamples steps = steps_of_cells(column, current);
  const auto value = auc(steps);
  if (!value) return std::nullopt;
  double tied = 0;  // pairs of one cell whose order is not known
  for (const Step& step : steps.steps()) {
    if (is_point_cell(column, static_cast<std::size_t>(step.at))) continue;
    tied += static_cast<double>(step.reference) * static_cast<double>(step.current);
  }
  return BinnedDistance{*value, tied / 2 / static_cast<double>(steps.n()) / static_cast<double>(steps.m())};
}

}  // namespace driftd::detectors
