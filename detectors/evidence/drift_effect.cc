#include "detectors/evidence/drift_effect.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "detectors/statistics/binned.h"
#include "detectors/statistics/cell_mass.h"
#include "detectors/statistics/shares.h"

namespace driftd::detectors::evidence {
namespace {

std::vector<std::int64_t> partition(const ColumnProfile& column, std::span<const CellCount> counts) {
  std::vector<std::int64_t> parts(3 + column.shown_bins, 0);  // missing, below, above, bins
  for (std::size_t cell = 0; cell < counts.size(); ++cell) {
    std::size_t part = 0;
    if (cell == column.below_cell()) {
      part = 1;
    } else if (cell == column.above_cell()) {
      part = 2;
    } else if (!column.is_missing(cell)) {
      part = 3 + column.shown_bin[cell];
    }
    parts[part] += counts[cell].count;
  }
  return parts;
}

double sum_of(std::span<const CellCount> counts, const ColumnProfile& column, bool missing) {
  std::int64_t sum = 0;
  for (std::size_t cell = 0; cell < counts.size(); ++cell)
    if (column.is_missing(cell) == missing) sum += counts[cell].count;
  return static_cast<double>(sum);
}

// The shares of values that satisfy `in` (of all that are present), in the reference and now.
template <class In>
std::string change_text(const ColumnProfile& column, std::span<const CellCount> now, const In& in) {
  const auto share = [&](std::span<const CellCount> counts) {
    const double total = sum_of(counts, column, false);
    double found = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell)
      if (!column.is_missing(cell) && in(cell)) found += static_cast<double>(counts[cell].count);
    return total > 0 ? found / total : 0;
  };
  return percent_text(share(column.reference)) + " -> " + percent_text(share(now));
}

std::string missing_text(const ColumnProfile& column, std::span<const CellCount> now, bool not_finite) {
  const auto share = [&](std::span<const CellCount> counts) {
    double found = 0, all = 0;
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
      all += static_cast<double>(counts[cell].count);
      if (not_finite ? cell == kNotFiniteCell : column.is_missing(cell))
        found += static_cast<double>(counts[cell].count);
    }
    return all > 0 ? found / all : 0;
  };
  return percent_text(share(column.reference)) + " -> " + percent_text(share(now));
}

std::string up_or_down(int direction) { return direction < 0 ? " down" : " up"; }

std::string tilt_text(const ColumnProfile& column, std::span<const CellCount> now, const Movement& movement) {
  const ColumnMoments before = moments_of(column, column.reference);
  const ColumnMoments after = moments_of(column, now);
  std::string text(name_of(movement.shape));
  if (movement.shape == Shape::location) {
    const double shift = after.mean - before.mean;
    text += up_or_down(shift < 0 ? -1 : 1);
    if (before.deviation > 0) text += ", " + number_text(shift / before.deviation, true) + " sd";
    return text;
  }
  if (movement.shape != Shape::scale || !(before.deviation > 0)) return text + up_or_down(movement.direction);
  const double factor = after.deviation / before.deviation;
  return text + up_or_down(factor < 1 ? -1 : 1) + ", sd x " + number_text(factor);
}

std::string edge_text(const ColumnProfile& column, std::span<const CellCount> now, const Movement& movement) {
  if (movement.symbol >= column.evidence_edges.size()) return "distribution";
  return "values up to " + number_text(column.evidence_edges[movement.symbol]) + ": " +
         change_text(column, now,
                     [&](std::size_t cell) { return column.evidence_bin[cell] <= movement.symbol; });
}

std::string bin_text(const ColumnProfile& column, std::span<const CellCount> now, const Movement& movement) {
  const auto inside = [&](std::size_t cell) { return column.evidence_bin[cell] == movement.symbol; };
  const std::string change = change_text(column, now, inside);
  if (column.type == ColumnType::categorical) {
    const bool other = movement.symbol + std::size_t{1} >= column.evidence_bins;
    return (other ? std::string("other values") : "value " + column.categories[movement.symbol]) + ": " +
           change;
  }
  const auto& edges = column.evidence_edges;
  const double low = movement.symbol == 0 ? column.minimum : edges[movement.symbol - std::size_t{1}];
  const double high = movement.symbol < edges.size() ? edges[movement.symbol] : column.maximum;
  const bool point = is_point_bin(low, high) || (movement.symbol == 0 && low == high);
  return (point ? "value " + number_text(high)
                : "values in " + number_text(low) + " to " + number_text(high)) +
         ": " + change;
}

}  // namespace

Effect effect_of(const ColumnProfile& column, std::span<const CellCount> now) {
  const auto before = partition(column, column.reference);
  const auto after = partition(column, now);
  Effect effect;
  for (const std::int64_t count : after) effect.values += count;
  const auto variation = total_variation(before, after);
  if (!variation) return effect;
  const auto null = total_variation_null(before, after);
  effect.variation = *variation;
  effect.excess = *variation - (null ? null->mean : 0);
  return effect;
}

ColumnMoments moments_of(const ColumnProfile& column, std::span<const CellCount> counts) {
  const double total = sum_of(counts, column, false);
  ColumnMoments moments{.mean = 0, .deviation = 0, .values = total};
  if (!(total > 0)) return moments;
  moments.mean = unbiased_mean(column, counts, total, place_bias(column));
  double square = 0;
  for (std::size_t cell = kBelowCell; cell < counts.size(); ++cell) {
    const CellMass mass = cell_mass(column, cell, counts[cell], total);
    square += mass.share * (mass.at - moments.mean) * (mass.at - moments.mean);
  }
  moments.deviation = std::sqrt(square);
  return moments;
}

std::string words_of(const ColumnProfile& column, std::span<const CellCount> now, const Movement& movement) {
  switch (movement.shape) {
    case Shape::location:
    case Shape::scale:
    case Shape::skew:
    case Shape::tails:
      return tilt_text(column, now, movement);
    case Shape::distribution:
      return edge_text(column, now, movement);
    case Shape::value:
      return bin_text(column, now, movement);
    case Shape::missing:
      return "missing " + missing_text(column, now, false);
    case Shape::not_a_number:
      return "not a number " + missing_text(column, now, true);
    case Shape::below:
      return "below the reference's minimum " + number_text(column.minimum) + ": " +
             change_text(column, now, [&](std::size_t cell) { return cell == column.below_cell(); });
    case Shape::above:
      return "above the reference's maximum " + number_text(column.maximum) + ": " +
             change_text(column, now, [&](std::size_t cell) { return cell == column.above_cell(); });
    case Shape::new_category: {
      const double present = sum_of(now, column, false);
      const double share = present > 0 ? static_cast<double>(now[kNewCell].count) / present : 0;
      const std::string which = movement.new_category.empty()
                                    ? "new values, "
                                    : "new value " + std::string(movement.new_category) + ", ";
      return which + percent_text(share);
    }
    case Shape::rate:
    case Shape::mean:
      if (column.type != ColumnType::numeric) break;
      return "mean " + number_text(moments_of(column, column.reference).mean) + " -> " +
             number_text(moments_of(column, now).mean);
  }
  return std::string(name_of(movement.shape)) + up_or_down(movement.direction);
}

std::string number_text(double number, bool sign) {
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, std::chars_format::general, 3);
  std::string text(buffer.data(), end.ptr);
  return sign && number > 0 ? "+" + text : text;
}

std::string percent_text(double share) {
  std::array<char, 32> buffer{};
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), 100 * share, std::chars_format::general, 2);
  const std::string_view text(buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data()));
  return (share >= .995 ? std::string("100") : std::string(text)) + " %";
}

}  // namespace driftd::detectors::evidence
