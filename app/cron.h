// Cron: the times that a cron expression names, in a time zone.
//
// Five fields: minute (0-59), hour (0-23), day of the month (1-31), month (1-12 or jan-dec), day of the week
// (0-7 or sun-sat; 0 and 7 are Sunday). A field is a list of `*`, `A`, `A-B`, each with `/STEP` if wanted
// (`A/STEP` goes on to the end of the field). Where both days are restricted one of them is enough, as cron
// has it. Or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly.
//
// A local time that a change of the clocks skips stands for the moment of the change, but where every hour is
// named anyway; one that comes twice counts twice. (So does Python's croniter, with which the tests compare.)
//
// No C++ library that keeps such rules was to be had from the registries. Immutable values; any thread.
#pragma once

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/calendar.h"

namespace driftd::app {

class Cron {
 public:
  // Errors: `invalid`, with what is wrong; an expression that never comes (`0 0 30 2 *`) is one.
  static Result<Cron> parse(std::string_view text);

  // The first after `time`, and the last at or before it. None beyond the years 1970 to 2099.
  [[nodiscard]] std::optional<Time> next(Time time, const detectors::evidence::TimeZone& zone) const;
  [[nodiscard]] std::optional<Time> last(Time time, const detectors::evidence::TimeZone& zone) const;

 private:
  // Of the days since 1970: whether this one is named.
  [[nodiscard]] bool names_day(std::int64_t day) const;
  [[nodiscard]] bool ever_comes() const;
  // Of a day, in no order.
  [[nodiscard]] std::vector<Time> moments_on(std::int64_t day,
                                             const detectors::evidence::TimeZone& zone) const;

  std::bitset<60> minutes_;
  std::bitset<24> hours_;
  std::bitset<32> days_;
  std::bitset<13> months_;
  std::bitset<7> weekdays_;
  // The field is `*`.
  bool any_hour_ = false;
  bool any_day_ = false;
  bool any_weekday_ = false;
};

}  // namespace driftd::app
