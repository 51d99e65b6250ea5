#include "app/certify/certify.h"

#include <mutex>
#include <utility>

#include "app/certify/month_runs.h"
#include "app/certify/replay_plan.h"
#include "app/certify/shift_search.h"
#include "app/certify/verdict.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

// Units of work: a month's day of one column; the search for a shift counts as so many of them.
constexpr std::uint64_t kSearchUnits = 400;

class Meter {
 public:
  Meter(const CertifyOptions& options, std::uint64_t total) : report_(options.progress), total_(total) {}
  void add(std::uint64_t units) {
    const std::lock_guard lock(mutex_);
    done_ += units;
    if (report_) report_(done_, total_);
  }

 private:
  const std::function<void(std::uint64_t, std::uint64_t)>& report_;
  std::mutex mutex_;
  std::uint64_t done_ = 0;
  std::uint64_t total_;
};

Certification head_of(const CertifyInput& input, const CertifyOptions& options, const ReplayPlan& plan) {
  Certification found;
  found.model = input.rows->model;
  found.version = input.rows->version;
  found.reference = input.rows->digest;
  for (const auto& regime : input.regimes) found.regimes.push_back(regime->digest);
  found.rows = input.rows->rows;
  found.first = input.rows->first;
  found.last = input.rows->last;
  found.days = plan.rows->days.size();
  found.days_left_out = plan.rows->stretches.front().days_per_fold;
  found.slot = plan.rows->slot;
  found.months = options.months;
  found.seed = options.seed;
  found.budget = input.config->budget;
  found.season = input.config->season;
  found.left_out = plan.left_out;
  return found;
}

double values_per_day(const ReplayColumn& column, const ev::ReferenceDays& days) {
  const std::size_t bins = column.law.size();
  double values = 0;
  for (std::size_t slot = 0; slot < days.slots() && column.width > 0; ++slot)
    for (std::size_t k = 0; k < bins; ++k)
      values += static_cast<double>(column.counts[slot * column.width + k]);
  return values / static_cast<double>(days.days.size());
}

CertifiedColumn describe(const ReplayKind& kind, const ReplayColumn& column) {
  CertifiedColumn found;
  found.name = column.name;
  found.kind = kind.kind;
  found.numeric = column.profile != nullptr && column.profile->type == detectors::ColumnType::numeric;
  found.per_day = values_per_day(column, *kind.days);
  found.inflation = column.inflation;
  found.resolved = column.resolved;
  return found;
}

void add_alarms(const KindRun& run, const ReplayKind& kind, Certification& found) {
  CertifiedKind told{kind.kind, kind.weight, 0, 0};
  const std::size_t first = found.columns.size();
  for (const ReplayColumn& column : kind.columns) found.columns.push_back(describe(kind, column));
  for (const ev::MonthAlarm& alarm : run.alarms) {
    ++told.alarms;
    if (alarm.needs_bank) ++told.by_bank;
    if (!alarm.columns.empty()) ++found.columns[first + alarm.columns.front()].alarms;
  }
  found.watched += kind.weight;
  found.kinds.push_back(told);
}

// Where each column of the certification is in the plan. Those that only evidence knows are left out, and
// derived ones: their values are no quantities that people know, and they move when features do.
struct Place {
  std::size_t kind = 0;
  std::size_t column = 0;
  std::size_t told = 0;
};

std::vector<Place> places_of(const ReplayPlan& plan) {
  std::vector<Place> found;
  std::size_t told = 0;
  for (std::size_t kind = 0; kind < plan.kinds.size(); ++kind)
    for (std::size_t column = 0; column < plan.kinds[kind].columns.size(); ++column, ++told)
      if (const auto* profile = plan.kinds[kind].columns[column].profile;
          profile != nullptr && profile->role != detectors::Role::derived)
        found.push_back({kind, column, told});
  return found;
}

void find_shifts(const ReplayPlan& plan, const std::vector<KindRun>& runs, const CertifyOptions& options,
                 Workers& workers, Meter& meter, Certification& found) {
  const std::vector<Place> places = places_of(plan);
  workers.each(2 * places.size(), [&](std::size_t item) {
    const Place& place = places[item / 2];
    const ReplayKind& kind = plan.kinds[place.kind];
    const ReplayColumn& column = kind.columns[place.column];
    CertifiedColumn& told = found.columns[place.told];
    const ShiftSearch search(plan, kind, found.budget, options.seed);
    const bool missing = item % 2 == 1;
    const ev::Move move = missing        ? ev::Move::missing
                          : told.numeric ? ev::Move::location
                                         : ev::Move::category;
    (missing ? told.missing : told.shift) =
        search.smallest(column, runs[place.kind].capital[place.column], move);
    meter.add(kSearchUnits);
  });
}

}  // namespace

Result<Certification> certify(const CertifyInput& input, const CertifyOptions& options) {
  const auto plan = replay_plan(input);
  if (!plan.ok()) return plan.error();
  std::uint64_t columns = 0;
  for (const ReplayKind& kind : plan->kinds) columns += kind.columns.size();
  Meter meter(options, plan->kinds.size() * options.months * kMonthDays + 2 * kSearchUnits * columns);
  Workers workers(options.threads);
  Certification found = head_of(input, options, *plan);
  const std::vector<KindRun> runs = run_months(*plan, found.budget, options, workers,
                                               [&](std::uint64_t month_days) { meter.add(month_days); });
  std::int64_t alarms = 0;
  for (std::size_t kind = 0; kind < plan->kinds.size(); ++kind) {
    add_alarms(runs[kind], plan->kinds[kind], found);
    alarms += found.kinds.back().alarms;
  }
  const double exposure = static_cast<double>(options.months) * static_cast<double>(kCertifiedMonth) /
                          static_cast<double>(found.budget.per);
  found.rate = ev::alarm_rate(alarms, exposure);
  find_shifts(*plan, runs, options, workers, meter, found);
  judge(input, *plan, found);
  return found;
}

}  // namespace driftd::app
