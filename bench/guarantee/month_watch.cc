#include "bench/guarantee/month_watch.h"

#include <algorithm>
#include <limits>
#include <set>
#include <span>

#include "detectors/evidence/column_counts.h"
#include "detectors/evidence/column_monitors.h"
#include "detectors/maths/portable.h"

namespace driftd::guarantee {
namespace {

namespace ev = detectors::evidence;

constexpr double kGrant = static_cast<double>(kMonthSlot) / static_cast<double>(kBudgetTime);
constexpr Duration kIncident = 48 * kHour;

ev::Pace pace() { return {kMonthSlot, detectors::maths::portable_exp(-4 * kGrant)}; }

ev::Calendar calendar_of(const Month& month, const Setup& setup) {
  ev::Calendar calendar;
  calendar.zone = setup.zone;
  calendar.cells =
      setup.seasons ? ev::cells_for((month.monitored() - month.first()) * kMonthSlot) : ev::Cells::one;
  return calendar;
}

ev::MonitorReferences measured(const Month& month, std::size_t column, const std::vector<Change>& regimes,
                               const ev::MeasureOptions& options, Draws& draws,
                               detectors::ColumnProfile& bins) {
  ColumnReference first = draw_reference(month, column, regimes.front(), draws);
  ev::MonitorReferences references = ev::references_of(first.profile, first.blocks, options);
  for (std::size_t i = 1; i < regimes.size(); ++i) {
    const ColumnReference other = draw_reference(month, column, regimes[i], draws);
    ev::add_regimes(references, other.profile, other.blocks, options);
  }
  bins = std::move(first.profile);
  return references;
}

}  // namespace

MonthWatch::MonthWatch(const Month& month, const Setup& setup, const std::vector<Change>& regimes,
                       Draws& draws)
    : calendar_(calendar_of(month, setup)),
      kind_(pace(), month.monitored() - 1),
      bins_(std::make_shared<std::vector<detectors::ColumnProfile>>(month.columns())) {
  const ev::MeasureOptions options{calendar_, kMonthSlot, setup.temper};
  kind_.set_grant(month.monitored() - 1, setup.share * kGrant);
  for (std::size_t column = 0; column < month.columns(); ++column) {
    detectors::ColumnProfile& bins = (*bins_)[column];
    const ev::MonitorReferences references = measured(month, column, regimes, options, draws, bins);
    names_.push_back({"", static_cast<std::uint32_t>(column), bins.name});
    inflations_.push_back(references.front().inflation);
    if (!ev::is_resolved(references)) ++unresolved_;
    kind_.add(names_.back(), ev::column_monitors(bins, references, setup.floors),
              setup.weights / static_cast<double>(month.columns()));
  }
}

std::optional<ev::Alarm> MonthWatch::close(const Month& month, std::int64_t slot, const ChangeOf& change,
                                           Draws& draws) {
  std::vector<ev::KindEvidence::SlotCounts> counts;
  for (std::size_t column = 0; column < names_.size(); ++column) {
    const detectors::ColumnProfile& bins = (*bins_)[column];
    const auto cells = month.draw(bins, column, slot, change(column, slot), draws);
    counts.push_back({&names_[column], std::vector<std::int64_t>(ev::counts_of(bins))});
    ev::add_column_counts(bins, cells, counts.back().counts);
  }
  auto alarm = kind_.close(slot, calendar_.cell_of(slot_start(slot, kMonthSlot)), counts);
  if (alarm) kind_.resume(slot, std::set<std::string>(alarm->columns.begin(), alarm->columns.end()));
  return alarm;
}

double hours_to_find(const Month& month, MonthWatch watch, const PlantedChange& planted, Draws draws) {
  const auto shifted = [&](std::size_t column, std::int64_t) {
    return Change{column == planted.column ? planted.shift : 0};
  };
  const std::int64_t end = std::min(month.end(), planted.from + planted.patience);
  for (std::int64_t slot = planted.from; slot < end; ++slot) {
    const auto alarm = watch.close(month, slot, shifted, draws);
    if (!alarm) continue;
    const auto& named = alarm->columns;
    if (std::find(named.begin(), named.end(), watch.name(planted.column)) == named.end()) continue;
    return static_cast<double>((slot + 1 - planted.from) * kMonthSlot) / static_cast<double>(kHour);
  }
  return std::numeric_limits<double>::infinity();
}

void AlarmCount::add(const ev::Alarm& alarm) {
  ++found_.alarms;
  if (alarm.needs_bank) ++found_.by_bank;
  if (!last_ || (alarm.slot - *last_) * kMonthSlot > kIncident) ++found_.incidents;
  last_ = alarm.slot;
}

}  // namespace driftd::guarantee
