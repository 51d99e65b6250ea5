#include "detectors/evidence/column_counts.h"

#include <algorithm>

namespace driftd::detectors::evidence {
namespace {

constexpr std::size_t kRate = 2;

std::int64_t at(std::span<const CellCount> cells, std::size_t cell) {
  return cell < cells.size() ? std::max<std::int64_t>(cells[cell].count, 0) : 0;
}

// One rate's two counts.
void add_rate(std::span<std::int64_t> out, std::int64_t of, std::int64_t yes) {
  out[0] += of - yes;
  out[1] += yes;
}

}  // namespace

std::vector<ColumnMonitor> monitors_of(const ColumnProfile& column) {
  const auto rate = [](Shape shape, double weight) {
    return ColumnMonitor{shape, Functionals::value, kRate, weight};
  };
  if (column.type == ColumnType::numeric) {
    return {{Shape::value, Functionals::tilts, column.evidence_bins, .9},
            rate(Shape::missing, .025),
            rate(Shape::not_a_number, .025),
            rate(Shape::below, .025),
            rate(Shape::above, .025)};
  }
  return {{Shape::value, Functionals::indicators, column.evidence_bins, .8},
          rate(Shape::missing, .1),
          rate(Shape::new_category, .1)};
}

std::size_t counts_of(const ColumnProfile& column) {
  const std::size_t rates = column.type == ColumnType::numeric ? 4 : 2;
  return column.evidence_bins + rates * kRate;
}

void add_column_counts(const ColumnProfile& column, std::span<const CellCount> cells,
                       std::span<std::int64_t> out) {
  const std::int64_t missing = at(cells, kNullCell) + at(cells, kAbsentCell) + at(cells, kTypeChangeCell);
  std::int64_t binned = 0;
  const std::size_t size = std::min(cells.size(), column.evidence_bin.size());
  for (std::size_t cell = kOtherCell; cell < size; ++cell) {
    const std::uint8_t bin = column.evidence_bin[cell];
    if (bin == kNoBin) continue;
    const std::int64_t count = at(cells, cell);
    out[bin] += count;
    binned += count;
  }
  const std::span<std::int64_t> rates = out.subspan(column.evidence_bins);
  if (column.type == ColumnType::numeric) {
    const std::int64_t not_finite = at(cells, kNotFiniteCell);
    add_rate(rates.subspan(0), binned + not_finite + missing, missing);
    add_rate(rates.subspan(kRate), binned + not_finite, not_finite);
    add_rate(rates.subspan(2 * kRate), binned, at(cells, kBelowCell));
    add_rate(rates.subspan(3 * kRate), binned, at(cells, column.above_cell()));
  } else {
    const std::int64_t fresh = at(cells, kNewCell);
    add_rate(rates.subspan(0), binned + fresh + missing, missing);
    add_rate(rates.subspan(kRate), binned + fresh, fresh);
  }
}

std::int64_t seen_once(const ColumnProfile& column) {
  if (column.type != ColumnType::categorical) return 0;
  std::int64_t once = 0;
  std::int64_t rarest = 1;  // that the rest may have at most: categories fall
  for (std::size_t i = 0; i < column.categories.size(); ++i) {
    rarest = std::max<std::int64_t>(at(column.reference, kFirstBin + i), 1);
    if (rarest == 1) ++once;
  }
  const std::int64_t rest = at(column.reference, kOtherCell);
  const auto others = static_cast<std::int64_t>(column.other_categories.size());
  if (column.open || rest < others) return once + rest;
  if (rarest == 1) return once + others;
  const std::int64_t more = rest - others;  // beyond one each, on as few as can hold them
  const std::int64_t holders = (more + rarest - 2) / (rarest - 1);
  return once + std::max<std::int64_t>(others - holders, 0);
}

std::int64_t seen_once(const ColumnProfile& column, std::span<const CellCount> segment) {
  if (column.type != ColumnType::categorical) return 0;
  std::int64_t listed = 0;
  std::int64_t here = 0;
  for (std::size_t i = 0; i < column.categories.size(); ++i) {
    if (at(column.reference, kFirstBin + i) > 1) continue;
    ++listed;
    here += std::min<std::int64_t>(at(segment, kFirstBin + i), 1);
  }
  // What is not kept by name is parted as its values are.
  const std::int64_t rest = at(column.reference, kOtherCell);
  if (rest == 0) return here;
  const std::int64_t others = std::max<std::int64_t>(seen_once(column) - listed, 0);
  const std::int64_t share = std::min(at(segment, kOtherCell), rest);
  return here + (others * share + rest - 1) / rest;
}

}  // namespace driftd::detectors::evidence
