// A simulated model of numeric columns with a daily and weekly course, a wobble from day to day and from slot
// to slot, and a change of clocks: the stream of P7, P7b and P14 (STATISTICS 14).
//
// Column c at time t is normal around amplitude_c sin(2 pi (h - phase_c) / 24) + .2 on weekends + wobble, h
// the hour on the clock that people live by. Its counts are drawn bin by bin: a Poisson number of events
// split by a law is a Poisson number of each bin, so that nothing but the events' order is lost.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/guarantee/draws.h"
#include "core/time.h"
#include "detectors/evidence/calendar.h"
#include "detectors/evidence/column_references.h"
#include "detectors/profile.h"

namespace driftd::guarantee {

inline constexpr Duration kMonthSlot = 5 * kMinute;
inline constexpr Time kMonthStart = 1772409600LL * kSecond;  // Monday, 2026-03-02T00:00:00Z
inline constexpr int kMonitoredDays = 30;

struct Wobble {
  double day = 0;      // sd of a day's mean
  double slot = 0;     // sd of an AR(.9) from slot to slot
  bool heavy = false;  // t with 4 degrees of freedom instead of normal, of the same sd
};

struct MonthOptions {
  std::size_t columns = 20;
  double per_slot = 200;
  double daily_rate = .6;  // the traffic's amplitude, a share of it
  int reference_days = 28;
  Wobble wobble;
  detectors::evidence::TimeZone clock;  // that people live by
};

// How the values of a slot differ from the month's own.
struct Change {
  double shift = 0;  // in sd
  double scale = 1;
};

class Month {
 public:
  Month(const MonthOptions& options, std::uint64_t seed);
  virtual ~Month() = default;
  Month(const Month&) = delete;
  Month& operator=(const Month&) = delete;

  [[nodiscard]] std::size_t columns() const { return courses_.size(); }
  [[nodiscard]] std::int64_t first() const { return first_; }          // slot of the reference
  [[nodiscard]] std::int64_t monitored() const { return monitored_; }  // first slot after it
  [[nodiscard]] std::int64_t end() const { return end_; }

  [[nodiscard]] double mean(std::size_t column, std::int64_t slot) const;
  [[nodiscard]] double events(std::int64_t slot) const;  // expected

  // Bins of the column by the law of its reference: quantiles, and the extremes that so many values have.
  [[nodiscard]] detectors::ColumnProfile bins(std::size_t column) const;
  // What a slot counts in the cells of these bins.
  [[nodiscard]] virtual std::vector<detectors::CellCount> draw(const detectors::ColumnProfile& bins,
                                                               std::size_t column, std::int64_t slot,
                                                               Change change, Draws& draws) const;

 private:
  struct Course {
    double amplitude = 0;
    double phase = 0;
    std::vector<double> means;  // by slot from first_
  };
  [[nodiscard]] Course course(const MonthOptions& options, Draws& draws) const;

  std::int64_t first_ = 0;
  std::int64_t monitored_ = 0;
  std::int64_t end_ = 0;
  std::vector<Course> courses_;
  std::vector<double> events_;  // by slot from first_
};

// The reference of a column: its counts by five minutes, all of them under one change.
struct ColumnReference {
  detectors::ColumnProfile profile;
  detectors::evidence::ColumnBlocks blocks;
};
ColumnReference draw_reference(const Month& month, std::size_t column, Change change, Draws& draws);

}  // namespace driftd::guarantee
