// KindMonths: the capital of one kind through many months at once, each made of days of the reference. What
// KindEvidence (kind_evidence.h) does with the same slots, alarms, resets and pauses, at a hundredth of the
// cost; a test holds the two together.
//
// A month is a *lane*. Columns that an alarm paused go on after `pause`, as they do in the service where the
// days after a false alarm show nothing. The bank is the engine's own, a lane each. Lanes do not know of each
// other: the same days give the same alarms whatever the other lanes draw. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "detectors/evidence/bank.h"
#include "detectors/evidence/certify/held_out.h"
#include "detectors/evidence/certify/likelihood_table.h"
#include "detectors/evidence/certify/reference_days.h"
#include "detectors/evidence/series_evidence.h"

namespace driftd::detectors::evidence {

// A series of the kind. Its counts belong to the caller, by slot of all days (counts_by_slot).
struct ReplaySeries {
  std::string column;
  double share = 0;  // of the kind's grants
  ReplayMonitors monitors;
  std::size_t width = 0;  // integers of a slot
  std::span<const std::int64_t> counts;

  // Of the slots [from, to) of a day.
  [[nodiscard]] std::span<const std::int64_t> counts_of(std::size_t first, std::size_t slots) const {
    return counts.subspan(first * width, slots * width);
  }
};

struct MonthOptions {
  Pace pace;
  double grant = 0;        // the kind's capital of a slot
  std::int64_t pause = 0;  // slots
  std::int64_t first = 0;  // number of the months' first slot
};

struct MonthAlarm {
  std::size_t lane = 0;
  std::int64_t slot = 0;  // since the month began
  double evidence = 0;
  bool needs_bank = false;
  std::vector<std::size_t> columns;  // that pause, in decreasing share
};

class KindMonths {
 public:
  // `days` outlives it.
  KindMonths(const ReferenceDays& days, std::vector<ReplaySeries> series, MonthOptions options,
             std::size_t lanes);

  // The next day of every month: which of the reference's stands for it.
  void day(std::span<const std::size_t> drawn);

  [[nodiscard]] const std::vector<MonthAlarm>& alarms() const { return alarms_; }
  // S of every slot of the day that was last, as it was tested.
  [[nodiscard]] std::span<const double> evidence(std::size_t lane) const;
  // M by component, padded.
  [[nodiscard]] std::span<const double> capital(std::size_t series, std::size_t lane) const;
  [[nodiscard]] const std::vector<ReplaySeries>& series() const { return series_; }

 private:
  // One series in one month.
  struct Lane {
    std::int64_t resumes = 0;  // first slot with grants
    std::vector<Bank> bank;    // one, or none
  };
  struct Series {
    std::size_t size = 0;         // padded components
    std::vector<double> grants;   // by component
    std::vector<double> capital;  // by lane, then component
    std::vector<Lane> lanes;
    std::vector<LikelihoodTable> tables;  // of the stretch under way, by drawn day
  };
  struct Stretch {  // of a day
    std::size_t from = 0;
    std::size_t to = 0;
  };
  struct Amounts {
    std::vector<double> of;  // by series
    double all = 0;
    double bank = 0;
  };

  void run_stretch(std::span<const std::size_t> drawn, const Stretch& stretch);
  void fill_tables(std::span<const std::size_t> drawn, const Stretch& stretch);
  double close(std::size_t number, std::size_t lane, std::size_t day, std::size_t slot, std::size_t row);
  void run(std::size_t number, std::size_t lane, std::size_t day, const Stretch& stretch, std::size_t first);
  void settle_alarms(std::size_t lane, std::size_t day, const Stretch& stretch);
  Amounts take_capital(std::size_t lane, std::int64_t slot);
  void alarm(std::size_t lane, std::int64_t slot);
  void keep(std::size_t lane);
  void put_back(std::size_t lane);

  const ReferenceDays& days_;
  std::vector<ReplaySeries> series_;
  MonthOptions options_;
  std::size_t lanes_;
  std::vector<Series> state_, kept_;   // of series_; kept: as it was when the stretch began
  std::vector<std::size_t> table_of_;  // by day of the reference
  std::vector<double> evidence_;       // by lane, then slot of the day
  std::vector<MonthAlarm> alarms_;
  std::int64_t passed_ = 0;  // slots
};

}  // namespace driftd::detectors::evidence
