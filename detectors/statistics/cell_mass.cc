#include "detectors/statistics/cell_mass.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace driftd::detectors {
namespace {

constexpr double kPlaces = 256;

CellMass inner_mass(const ColumnProfile& column, std::size_t bin, double mean_place, double share) {
  const double low = column.low(bin);
  const double high = column.knots[bin];
  if (is_point_bin(low, high)) return {share, high, 0, true};
  const double width = high - low;
  const double at = std::min(low + width * ((mean_place + 0.5) / kPlaces), high);
  const double deviation = 2 * (at - low) * ((high - at) / width) + width / kPlaces;
  const double place = width / kPlaces / 2;
  return {share, at, share * (std::min(deviation, width / 2) + place), true};
}

CellMass outer_mass(const ColumnProfile& column, bool above, const CellCount& count, double share) {
  const double unit = column.outer_range() / kPlaces;
  const double mean = static_cast<double>(count.units) / static_cast<double>(count.count) / kOuterUnits;
  const double distance = mean * unit;
  const double place = kOuterError * (distance + unit);
  const bool known = count.units >= 0 && count.units < kUnitsOfOuterPlace[255];
  return {share, above ? column.maximum + distance : column.minimum - distance,
          share * (2 * (distance + place) + place), known};
}

}  // namespace

double place_bias(const ColumnProfile& column) {
  const auto total = static_cast<double>(column.present());
  if (!(total > 0) || !std::isfinite(column.mean)) return 0;
  double mean = 0, spread = 0;
  for (std::size_t bin = 0; bin < column.knots.size(); ++bin) {
    const CellMass mass = cell_mass(column, kFirstBin + bin, column.reference[kFirstBin + bin], total);
    mean += mass.share * mass.at;
    if (!is_point_bin(column.low(bin), column.knots[bin]))
      spread += mass.share * (column.knots[bin] - column.low(bin));
  }
  constexpr double kHalfAPlace = 0.5 / kPlaces;
  return spread > 0 ? std::clamp((mean - column.mean) / spread, -kHalfAPlace, kHalfAPlace) : 0;
}

double unbiased_mean(const ColumnProfile& column, std::span<const CellCount> counts, double total,
                     double bias) {
  double mean = 0;
  for (std::size_t cell = kBelowCell; cell < counts.size(); ++cell) {
    const CellMass mass = cell_mass(column, cell, counts[cell], total);
    const bool inner = cell >= kFirstBin && cell - kFirstBin < column.knots.size();
    const double low = inner ? column.low(cell - kFirstBin) : 0;
    const double high = inner ? column.knots[cell - kFirstBin] : 0;
    const double shift = inner && !is_point_bin(low, high) ? bias * (high - low) : 0;
    mean += mass.share * (mass.at - shift);
  }
  return mean;
}

bool is_point_bin(double low, double high) {
  return low == high || std::nextafter(low, std::numeric_limits<double>::infinity()) == high;
}

CellMass cell_mass(const ColumnProfile& column, std::size_t cell, const CellCount& count, double total) {
  if (count.count <= 0) return {};
  const double share = static_cast<double>(count.count) / total;
  if (cell == column.below_cell()) return outer_mass(column, false, count, share);
  if (cell == column.above_cell()) return outer_mass(column, true, count, share);
  return inner_mass(column, cell - kFirstBin,
                    static_cast<double>(count.units) / static_cast<double>(count.count), share);
}

}  // namespace driftd::detectors
