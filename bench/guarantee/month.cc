#include "bench/guarantee/month.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "detectors/cells.h"
#include "detectors/evidence/column_counts.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;

constexpr double kSlotMemory = .9;
constexpr double kWeekend = .2;
constexpr double kGrid = .01;  // of means, where a law is mixed of them

double below(double z) { return .5 * std::erfc(-z / std::numbers::sqrt2); }

double hour_of(Time local) {
  const Time in_day = local - slot_of(local, kDay) * kDay;
  return static_cast<double>(in_day) / static_cast<double>(kHour);
}

bool is_weekend(Time local) {
  const std::int64_t day = slot_of(local, kDay) + 3;  // 1970-01-01 was a Thursday
  return (day % 7 + 7) % 7 >= 5;
}

double turn(double hours) { return std::sin(2 * std::numbers::pi * hours / 24); }

// A mixture of normal laws of deviation 1, by mean.
class Mixture {
 public:
  void add(double mean, double weight) { weights_[std::llround(mean / kGrid)] += weight; }
  [[nodiscard]] double total() const {
    double sum = 0;
    for (const auto& [mean, weight] : weights_) sum += weight;
    return sum;
  }
  [[nodiscard]] double quantile(double share) const {
    double low = -20;
    double high = 20;
    for (int i = 0; i < 50; ++i) {
      const double middle = (low + high) / 2;
      (share_below(middle) < share * total() ? low : high) = middle;
    }
    return (low + high) / 2;
  }

 private:
  [[nodiscard]] double share_below(double x) const {
    double sum = 0;
    for (const auto& [mean, weight] : weights_) sum += weight * below(x - kGrid * static_cast<double>(mean));
    return sum;
  }
  std::map<std::int64_t, double> weights_;
};

}  // namespace

Month::Month(const MonthOptions& options, std::uint64_t seed)
    : first_(kMonthStart / kMonthSlot),
      monitored_(first_ + options.reference_days * (kDay / kMonthSlot)),
      end_(monitored_ + kMonitoredDays * (kDay / kMonthSlot)) {
  Draws draws(seed);
  for (std::int64_t slot = first_; slot < end_; ++slot) {
    const Time time = slot_start(slot, kMonthSlot);
    const double hour = hour_of(time + options.clock.offset_at(time));
    events_.push_back(options.per_slot * (1 + options.daily_rate * turn(hour - 8)));
  }
  for (std::size_t c = 0; c < options.columns; ++c) courses_.push_back(course(options, draws));
}

Month::Course Month::course(const MonthOptions& options, Draws& draws) const {
  Course course;
  course.amplitude = .25 + .5 * draws.uniform();
  course.phase = 24 * draws.uniform();
  const auto draw = [&] { return options.wobble.heavy ? draws.heavy() : draws.normal(); };
  const double innovation = options.wobble.slot * std::sqrt(1 - kSlotMemory * kSlotMemory);
  double day = 0;
  double slow = options.wobble.slot * draw();
  std::int64_t today = 0;
  for (std::int64_t slot = first_; slot < end_; ++slot) {
    const Time time = slot_start(slot, kMonthSlot);
    const Time local = time + options.clock.offset_at(time);
    if (slot == first_ || slot_of(local, kDay) != today) day = options.wobble.day * draw();
    today = slot_of(local, kDay);
    slow = kSlotMemory * slow + innovation * draw();
    const double season = course.amplitude * turn(hour_of(local) - course.phase);
    course.means.push_back(season + (is_weekend(local) ? kWeekend : 0) + day + slow);
  }
  return course;
}

double Month::mean(std::size_t column, std::int64_t slot) const {
  return courses_[column].means[static_cast<std::size_t>(slot - first_)];
}

double Month::events(std::int64_t slot) const { return events_[static_cast<std::size_t>(slot - first_)]; }

detectors::ColumnProfile Month::bins(std::size_t column) const {
  Mixture law;
  for (std::int64_t slot = first_; slot < monitored_; ++slot) law.add(mean(column, slot), events(slot));
  detectors::ColumnProfile profile;
  profile.name = "column_" + std::to_string(100 + column).substr(1);
  profile.minimum = law.quantile(1 / law.total());
  profile.maximum = law.quantile(1 - 1 / law.total());
  for (std::size_t k = 1; k < detectors::kEvidenceBins; ++k) {
    const double edge = law.quantile(static_cast<double>(k) / static_cast<double>(detectors::kEvidenceBins));
    profile.evidence_edges.push_back(edge);
    if (k % 2 == 0) profile.shown_edges.push_back(edge);
  }
  profile.derive();
  return profile;
}

std::vector<detectors::CellCount> Month::draw(const detectors::ColumnProfile& bins, std::size_t column,
                                              std::int64_t slot, Change change, Draws& draws) const {
  std::vector<detectors::CellCount> cells(bins.cells());
  const double center = mean(column, slot) + change.shift;
  const double expected = events(slot);
  double share = 0;
  const auto fill = [&](std::size_t cell, double next) {
    cells[cell].count = draws.poisson(expected * std::max(0., next - share));
    share = next;
  };
  fill(detectors::kBelowCell, below((bins.minimum - center) / change.scale));
  for (std::size_t bin = 0; bin < bins.bins(); ++bin) {
    fill(detectors::kFirstBin + bin, below((bins.knots[bin] - center) / change.scale));
  }
  fill(bins.above_cell(), 1);
  return cells;
}

ColumnReference draw_reference(const Month& month, std::size_t column, Change change, Draws& draws) {
  ColumnReference reference{month.bins(column), {}};
  detectors::ColumnProfile& profile = reference.profile;
  profile.reference.resize(profile.cells());
  for (std::int64_t slot = month.first(); slot < month.monitored(); ++slot) {
    std::vector<detectors::CellCount> cells = month.draw(profile, column, slot, change, draws);
    for (std::size_t cell = 0; cell < cells.size(); ++cell)
      profile.reference[cell].count += cells[cell].count;
    reference.blocks.starts.push_back(slot_start(slot, kMonthSlot));
    auto& counts = reference.blocks.counts;
    counts.resize(counts.size() + ev::counts_of(profile), 0);
    ev::add_column_counts(profile, cells, std::span(counts).last(ev::counts_of(profile)));
  }
  return reference;
}

}  // namespace driftd::guarantee
