#include "detectors/evidence/residuals.h"

#include <algorithm>

#include "detectors/evidence/cell_means.h"
#include "detectors/evidence/tilts.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kLeastShare = .05;       // of a symbol whose indicator is a functional
constexpr double kRoundingShare = 1e-12;  // a variance below this share of E f^2 is rounding
constexpr std::int64_t kShortParts = 7;

// The stretch that is left out, in whole five-minute blocks.
Duration left_out(Duration span) {
  if (covers_days(span, 14)) return 7 * kDay;
  if (covers_days(span, 2)) return kDay;
  const std::int64_t blocks = span / kProfileBlock;
  return std::max<std::int64_t>((blocks + kShortParts - 1) / kShortParts, 1) * kProfileBlock;
}

// What every block holds of the functionals: the sums of each f, then of each f^2.
struct BlockSeries {
  std::size_t width = 0;
  std::vector<double> events;  // by block
  std::vector<std::size_t> cells;
  std::vector<double> sums;  // block by block

  [[nodiscard]] std::span<const double> of(std::size_t block) const {
    return std::span(sums).subspan(block * width, width);
  }
};

BlockSeries series_of(std::span<const BlockCounts> blocks, std::span<const Functional> functionals,
                      const Calendar& calendar) {
  BlockSeries series{2 * functionals.size(), {}, {}, {}};
  series.sums.reserve(blocks.size() * series.width);
  for (const BlockCounts& block : blocks) {
    double n = 0;
    for (const std::int64_t count : block.counts) n += static_cast<double>(count);
    series.events.push_back(n);
    series.cells.push_back(calendar.cell_of(block.start));
    for (const int power : {1, 2}) {
      for (const Functional& functional : functionals) {
        double sum = 0;
        for (std::size_t k = 0; k < block.counts.size(); ++k) {
          const double value = power == 1 ? functional[k] : functional[k] * functional[k];
          sum += static_cast<double>(block.counts[k]) * value;
        }
        series.sums.push_back(sum);
      }
    }
  }
  return series;
}

// Sums of all blocks, in all and by cell, from which a stretch can be taken.
struct Totals {
  Sums whole;
  std::vector<Sums> cells;

  Totals(std::size_t size, std::size_t width) : whole{0, std::vector<double>(width, 0)}, cells(size, whole) {}

  void add(const BlockSeries& series, std::size_t first, std::size_t end, double sign) {
    for (std::size_t i = first; i < end; ++i) {
      for (Sums* sums : {&whole, &cells[series.cells[i]]}) {
        sums->n += sign * series.events[i];
        const auto block = series.of(i);
        for (std::size_t k = 0; k < block.size(); ++k) sums->sums[k] += sign * block[k];
      }
    }
  }
};

void append(Time start, double n, std::span<const double> sums, const Means& cell, Residuals& out) {
  out.starts.push_back(start);
  out.events.push_back(n);
  for (std::size_t f = 0; f < out.functionals; ++f) {
    const double mean = cell.means[f];
    const double square = cell.means[out.functionals + f];
    const double variance = square - mean * mean;
    out.residuals.push_back(sums[f] - n * mean);
    out.variances.push_back(variance > kRoundingShare * square ? n * variance : 0);
  }
}

}  // namespace

std::vector<Functional> tilt_functionals(std::span<const double> p) {
  return {phi_by_bin(1, p), phi_by_bin(2, p)};
}

std::vector<Functional> indicator_functionals(std::span<const double> p) {
  std::vector<Functional> indicators;
  const auto add_indicator = [&](std::size_t symbol) {
    indicators.emplace_back(p.size(), 0.);
    indicators.back()[symbol] = 1;
  };
  for (std::size_t k = 0; k < p.size(); ++k) {
    if (p[k] >= kLeastShare) add_indicator(k);
  }
  if (indicators.empty() && !p.empty()) {
    add_indicator(static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin()));
  }
  return indicators;
}

std::vector<Functional> value_functional(std::size_t symbols) {
  Functional indicator(symbols, 0.);
  if (symbols > 1) indicator[1] = 1;
  return {indicator};
}

Residuals leave_one_out(std::span<const BlockCounts> blocks, std::span<const Functional> functionals,
                        const Calendar& calendar) {
  Residuals found;
  found.functionals = functionals.size();
  if (blocks.empty() || functionals.empty()) return found;
  found.origin = blocks.front().start;
  const Duration length = left_out(blocks.back().start + kProfileBlock - found.origin);
  const auto part_of = [&](std::size_t i) { return (blocks[i].start - found.origin) / length; };
  const BlockSeries series = series_of(blocks, functionals, calendar);
  Totals all(calendar.size(), series.width);
  all.add(series, 0, blocks.size(), 1);
  for (std::size_t first = 0; first < blocks.size();) {
    std::size_t end = first + 1;
    while (end < blocks.size() && part_of(end) == part_of(first)) ++end;
    Totals rest = all;
    rest.add(series, first, end, -1);
    const std::vector<Means> cells =
        shrunk_means(rest.whole, rest.cells, calendar.cells, blocks.front().counts.size());
    for (std::size_t i = first; i < end && !cells.empty(); ++i) {
      if (!(series.events[i] > 0)) continue;
      append(blocks[i].start, series.events[i], series.of(i), cells[series.cells[i]], found);
    }
    first = end;
  }
  return found;
}

std::vector<BlockSums> sum_over_blocks(const Residuals& residuals, Duration length, Time origin) {
  std::vector<BlockSums> found(residuals.functionals);
  std::vector<double> open(residuals.functionals, 0);  // r of the block under way
  double events = 0;
  const std::size_t size = residuals.starts.size();
  for (std::size_t i = 0; i < size; ++i) {
    events += residuals.events[i];
    for (std::size_t f = 0; f < found.size(); ++f) {
      open[f] += residuals.residuals[i * found.size() + f];
      found[f].variance += residuals.variances[i * found.size() + f];
    }
    const std::int64_t number = slot_of(residuals.starts[i] - origin, length);
    if (i + 1 < size && slot_of(residuals.starts[i + 1] - origin, length) == number) continue;
    for (std::size_t f = 0; f < found.size(); ++f) {
      ++found[f].blocks;
      found[f].squares += open[f] * open[f];
      found[f].squared_events += events * events;
      open[f] = 0;
    }
    events = 0;
  }
  return found;
}

}  // namespace driftd::detectors::evidence
