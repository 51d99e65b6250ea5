#include "detectors/evidence/seasonal_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "detectors/sparse_tally.h"
#include "detectors/statistics/cell_mass.h"

namespace driftd::detectors::evidence {
namespace {

constexpr double kEnough = 400;  // values of an hour
constexpr std::size_t kHoursOfDay = 24;
constexpr Duration kWeek = 7 * kDay;
constexpr Duration kStep = 15 * kMinute;  // hours of every time zone begin at a multiple of it

double size_of(std::span<const CellCount> counts) {
  double size = 0;
  for (const CellCount& count : counts) size += static_cast<double>(count.count);
  return size;
}

void add(CellCount& sum, const CellCount& count) {
  sum.count = wrapping_add(sum.count, count.count);
  sum.units = wrapping_add(sum.units, count.units);
}

// Counts of the same hour of every day; empty where the calendar does not tell days apart.
CountsByHour by_hour_of_day(const CountsByHour& reference, const Calendar& calendar) {
  if (calendar.cells != Cells::hour_of_week) return {};
  CountsByHour days(kHoursOfDay);
  for (std::size_t hour = 0; hour < reference.size(); ++hour) {
    std::vector<CellCount>& day = days[hour % kHoursOfDay];
    day.resize(reference[hour].size());
    for (std::size_t cell = 0; cell < day.size(); ++cell) {
      add(day[cell], reference[hour][cell]);
    }
  }
  return days;
}

struct Mixture {
  std::vector<double> counts, units;  // of one value
  void add(std::span<const CellCount> law, double size, double weight) {
    for (std::size_t cell = 0; cell < counts.size(); ++cell) {
      counts[cell] += weight * static_cast<double>(law[cell].count) / size;
      units[cell] += weight * static_cast<double>(law[cell].units) / size;
    }
  }
};

}  // namespace

CountsByHour counts_by_hour(std::span<const ProfileBlock> blocks, Side side,
                            const std::shared_ptr<const TallyLayout>& layout, std::size_t column,
                            const Calendar& calendar) {
  const Tally empty(layout);
  CountsByHour hours(calendar.size(), std::vector<CellCount>(empty.column(column).size()));
  for (const ProfileBlock& block : blocks) {
    const std::string& bytes = side == Side::predictions ? block.predictions : block.pairs;
    if (bytes.empty()) continue;
    const auto tally = Tally::decode(layout, bytes);
    if (!tally.ok()) continue;
    std::vector<CellCount>& hour = hours[calendar.cell_of(slot_start(block.block, kProfileBlock))];
    const auto counts = tally->column(column);
    for (std::size_t cell = 0; cell < hour.size(); ++cell) {
      add(hour[cell], counts[cell]);
    }
  }
  return hours;
}

void spread_events(const Calendar& calendar, const CountsByHour& reference, Time begin, Time end,
                   double events, std::vector<double>& weights) {
  std::vector<double> covered(weights.size(), 0);
  if (end - begin >= kWeek) {
    std::fill(covered.begin(), covered.end(), 1);
  } else {
    for (Time at = begin; at < end;) {
      const Time next = std::min(end, slot_end(slot_of(at, kStep), kStep));
      covered[calendar.cell_of(at)] += static_cast<double>(next - at) / kHour;
      at = next;
    }
  }
  double all = 0;
  for (std::size_t hour = 0; hour < covered.size(); ++hour) all += covered[hour] * size_of(reference[hour]);
  const double spread = std::accumulate(covered.begin(), covered.end(), 0.0);
  for (std::size_t hour = 0; hour < covered.size(); ++hour) {
    if (all > 0)
      weights[hour] += events * covered[hour] * size_of(reference[hour]) / all;
    else if (spread > 0)
      weights[hour] += events * covered[hour] / spread;
  }
}

ColumnProfile at_hours(const ColumnProfile& column, const CountsByHour& reference, const Calendar& calendar,
                       std::span<const double> weights) {
  const double weight = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double whole = size_of(column.reference);
  if (!(weight > 0) || !(whole > 0) || reference.size() < 2) return column;
  const CountsByHour days = by_hour_of_day(reference, calendar);
  Mixture mixture{std::vector<double>(column.reference.size(), 0),
                  std::vector<double>(column.reference.size(), 0)};
  for (std::size_t hour = 0; hour < weights.size(); ++hour) {
    if (!(weights[hour] > 0)) continue;
    std::span<const CellCount> law = reference[hour];
    if (size_of(law) < kEnough && !days.empty()) law = days[hour % kHoursOfDay];
    if (size_of(law) < kEnough) law = column.reference;
    mixture.add(law, size_of(law), weights[hour] / weight);
  }
  ColumnProfile mixed = column;
  for (std::size_t cell = 0; cell < mixed.reference.size(); ++cell) {
    CellCount& count = mixed.reference[cell];
    count.count = std::llround(whole * mixture.counts[cell]);
    count.units = count.count == 0 ? 0 : std::llround(whole * mixture.units[cell]);
  }
  if (mixed.type == ColumnType::numeric && mixed.present() > 0)
    mixed.mean =
        unbiased_mean(mixed, mixed.reference, static_cast<double>(mixed.present()), place_bias(column));
  return mixed;
}

}  // namespace driftd::detectors::evidence
