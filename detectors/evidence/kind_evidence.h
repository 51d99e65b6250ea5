// KindEvidence: S of one (model, version, kind): the capital of all its series together, the test, and what
// an alarm says (STATISTICS 3 and 7, DESIGN 7.7).
//
// At the close of a slot S = sum of M_c over all components of all series, bank terms of the slot
// included. S >= 1 alarms: the alarm is told with its shares, every M becomes 0, and the columns in
// decreasing share up to 95 % pause in all segments: they get no grants until they resume. Nothing is
// caught up. Sums run over the series in the order of (segment, column's place), so that S is the same to
// the bit however the series were added.
//
// For digests there is a copy of all this that is never reset or paused (unreset_capital.h); here it stands
// beside, and changes nothing.
//
// The ledger: what was granted is what unpaused series were granted, booked in event time whether or not
// they had events; what was spent is the number of alarms.
//
// A value with save() and restore(). No clock, no threads. Slots come in rising order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/codec.h"
#include "core/result.h"
#include "detectors/evidence/series_evidence.h"

namespace driftd::detectors::evidence {

struct SeriesName {
  std::string segment;      // empty: the whole model
  std::uint32_t place = 0;  // of the column within its kind
  std::string column;
  friend auto operator<=>(const SeriesName&, const SeriesName&) = default;
};

// One part of an alarm: a series and a shape.
struct AlarmPart {
  SeriesName series;
  Shape shape = Shape::location;
  int direction = 0;                  // of the largest component
  std::size_t monitor = 0;            // likewise
  std::uint16_t symbol = 0;           // likewise
  double share = 0;                   // of S; all parts sum to 1
  std::optional<std::int64_t> start;  // slot, of the largest component that has one
};

struct Alarm {
  std::int64_t slot = 0;
  double evidence = 0;                // S that alarmed
  bool needs_bank = false;            // without the bank's terms S were under 1
  std::vector<AlarmPart> parts;       // decreasing share; ties in the order of series and shape
  std::vector<std::string> columns;   // that pause, in decreasing share
  std::optional<std::int64_t> start;  // of the top part that has one
};

inline constexpr double kPausedShare = 0.95;

// Of the copy that is never reset or paused, without bank terms.
struct KindStanding {
  Standing whole;
  std::vector<std::pair<SeriesName, double>> by_series;  // capital, those above 0, in order
};

class KindEvidence {
 public:
  // Capital is granted from the slot after `before` on.
  KindEvidence(Pace pace, std::int64_t before) : pace_(pace), settled_(before) {}

  // Adds a series, which begins at the slot after the last one settled. Weights of all series of the kind
  // sum to at most 1: what is left belongs to series that are still learning. Replaces one of that name.
  void add(const SeriesName& name, std::shared_ptr<const SeriesMonitors> monitors, double weight);
  // Another reference for a series that is there: its capital begins anew, its weight stays.
  void replace(const SeriesName& name, std::shared_ptr<const SeriesMonitors> monitors);
  void set_weight(const SeriesName& name, double weight);
  [[nodiscard]] bool empty() const { return series_.empty(); }
  [[nodiscard]] bool contains(const SeriesName& name) const { return series_.contains(name); }

  // The kind's capital of one slot from the slot after `slot` on; up to `slot` what was said before holds.
  void set_grant(std::int64_t slot, double grant);

  // What one series counted in the slot. In any order; series without events are left out.
  struct SlotCounts {
    const SeriesName* series = nullptr;
    std::vector<std::int64_t> counts;  // of all its monitors, one after another
  };
  std::optional<Alarm> close(std::int64_t slot, std::size_t cell, std::span<const SlotCounts> counts);

  // Brings the ledger and every series to the end of `slot`, so that what is added begins after it.
  void carry(std::int64_t slot) { settle(std::max(slot, settled_)); }

  // Columns of a closed incident go on, from the slot after `slot`.
  void resume(std::int64_t slot, const std::set<std::string>& columns);
  [[nodiscard]] const std::set<std::string>& paused() const { return paused_; }

  // S after the test of the newest closed slot.
  [[nodiscard]] double evidence() const { return evidence_; }
  // The part of S that a column has, by segment and column, after that test.
  [[nodiscard]] std::vector<std::pair<SeriesName, double>> by_series() const;

  // At the end of `slot`, which is settled or after it.
  [[nodiscard]] KindStanding standing(std::int64_t slot) const;

  // Alarms' worth of capital granted up to the end of `slot`, and spent.
  [[nodiscard]] double granted(std::int64_t slot) const;
  [[nodiscard]] std::int64_t spent() const { return spent_; }
  [[nodiscard]] std::int64_t settled() const { return settled_; }

  void save(Encoder& out) const;
  // State of the series that are there now; those that were not saved begin where they are. False where
  // the bytes are none of ours.
  Status restore(Decoder& in);

 private:
  struct Entry {
    std::shared_ptr<const SeriesMonitors> monitors;
    SeriesEvidence evidence;
    double weight = 0;
  };
  void settle(std::int64_t slot);  // books the ledger and carries every series to the end of the slot
  [[nodiscard]] double active_weight() const;
  [[nodiscard]] double sum(std::int64_t slot) const;
  [[nodiscard]] Alarm alarm(std::int64_t slot, double evidence) const;

  Pace pace_;
  std::map<SeriesName, Entry> series_;
  std::set<std::string> paused_;
  double grant_ = 0;
  double granted_ = 0;        // up to the end of booked_
  std::int64_t settled_ = 0;  // newest slot that is closed or carried
  std::optional<std::int64_t> booked_;
  std::int64_t spent_ = 0;
  double evidence_ = 0;
};

}  // namespace driftd::detectors::evidence
