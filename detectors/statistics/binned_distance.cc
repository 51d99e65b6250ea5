#include "detectors/statistics/binned_distance.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace driftd::detectors {
namespace {

constexpr double kPlaces = 256;

double total_of(std::span<const CellCount> counts) {
  double total = 0;
  for (std::size_t cell = kBelowCell; cell < counts.size(); ++cell) {
    total += static_cast<double>(counts[cell].count);
  }
  return total;
}

// Whether the bin holds one double only: then nothing is unknown about it.
bool is_point(double low, double high) {
  return low == high || std::nextafter(low, std::numeric_limits<double>::infinity()) == high;
}

struct Mass {
  double share = 0;
  double at = 0;      // the mean
  double error = 0;   // how much work it may take to spread the mass as it really lies
  bool known = true;  // false: beyond the scale
};

Mass inner_mass(const ColumnProfile& column, std::size_t bin, double mean_place, double share) {
  const double low = column.low(bin);
  const double high = column.knots[bin];
  if (is_point(low, high)) return {share, high, 0, true};
  const double width = high - low;
  const double at = std::min(low + width * ((mean_place + 0.5) / kPlaces), high);
  const double deviation = 2 * (at - low) * ((high - at) / width) + width / kPlaces;
  const double place = width / kPlaces / 2;
  return {share, at, share * (std::min(deviation, width / 2) + place), true};
}

Mass outer_mass(const ColumnProfile& column, bool above, const CellCount& count, double share) {
  const double unit = column.outer_range() / kPlaces;
  const double mean = static_cast<double>(count.units) / static_cast<double>(count.count) / kOuterUnits;
  const double distance = mean * unit;
  const double place = kOuterError * (distance + unit);
  const bool known = count.units >= 0 && count.units < kUnitsOfOuterPlace[255];
  return {share, above ? column.maximum + distance : column.minimum - distance,
          share * (2 * (distance + place) + place), known};
}

Mass mass_of(const ColumnProfile& column, std::size_t cell, const CellCount& count, double total) {
  if (count.count <= 0) return {};
  const double share = static_cast<double>(count.count) / total;
  if (cell == column.below_cell()) return outer_mass(column, false, count, share);
  if (cell == column.above_cell()) return outer_mass(column, true, count, share);
  return inner_mass(column, cell - kFirstBin,
                    static_cast<double>(count.units) / static_cast<double>(count.count), share);
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
    const bool inner = cell >= kFirstBin && cell < column.above_cell();
    if (inner && is_point(column.low(cell - kFirstBin), column.knots[cell - kFirstBin])) continue;
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
    const Mass reference = mass_of(column, cell, column.reference[cell], n);
    const Mass now = mass_of(column, cell, current[cell], m);
    const auto step = [&area](const Mass& mass, double sign) {
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

}  // namespace driftd::detectors
