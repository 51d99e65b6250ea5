// The engine watches a month: every column's monitors measured on its reference, one kind, one budget.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/guarantee/month.h"
#include "detectors/evidence/kind_evidence.h"
#include "detectors/evidence/payoff.h"

namespace driftd::guarantee {

inline constexpr Duration kBudgetTime = 30 * kDay;  // of one false alarm

// How the engine is set up; all but the defaults are mutations or contrasts.
struct Setup {
  detectors::evidence::TimeZone zone;  // of the calendar
  double share = 1;                    // of the model's budget that the kind has
  double weights = 1;                  // sum of the columns' weights
  bool seasons = true;                 // false: one cell for all
  bool temper = true;                  // false: inflation 1, no bank
  detectors::evidence::Floors floors;
};

class MonthWatch {
 public:
  // The reference is drawn under each of `regimes` (a column's first gives the bins); it covers the month's
  // reference days.
  MonthWatch(const Month& month, const Setup& setup, const std::vector<Change>& regimes, Draws& draws);

  // One slot of all columns under the change that each has in it. Columns of an alarm go on at once: every
  // alarm counts, none hides in an incident.
  using ChangeOf = std::function<Change(std::size_t column, std::int64_t slot)>;
  std::optional<detectors::evidence::Alarm> close(const Month& month, std::int64_t slot,
                                                  const ChangeOf& change, Draws& draws);

  [[nodiscard]] const std::string& name(std::size_t column) const { return names_[column].column; }
  [[nodiscard]] double inflation(std::size_t column) const { return inflations_[column]; }
  [[nodiscard]] std::size_t unresolved() const { return unresolved_; }

 private:
  detectors::evidence::Calendar calendar_;
  detectors::evidence::KindEvidence kind_;
  std::vector<detectors::evidence::SeriesName> names_;
  std::shared_ptr<std::vector<detectors::ColumnProfile>> bins_;
  std::vector<double> inflations_;
  std::size_t unresolved_ = 0;
};

// A shift of one column, and for how many slots it is looked for.
struct PlantedChange {
  std::size_t column = 0;
  double shift = 0;
  std::int64_t from = 0;
  std::int64_t patience = 0;
};
// Hours to the alarm that names the column; infinite if there is none. The watch goes on elsewhere: a copy is
// used.
double hours_to_find(const Month& month, MonthWatch watch, const PlantedChange& planted, Draws draws);

// What a month without a change cost. An incident is open for 48 h after its last alarm.
struct Alarms {
  int alarms = 0;
  int incidents = 0;
  int by_bank = 0;  // that needed the bank
};
class AlarmCount {
 public:
  void add(const detectors::evidence::Alarm& alarm);
  [[nodiscard]] const Alarms& found() const { return found_; }

 private:
  Alarms found_;
  std::optional<std::int64_t> last_;
};

}  // namespace driftd::guarantee
