#include "app/certify/month_runs.h"

#include <algorithm>
#include <utility>

#include "app/certify/month_draws.h"

namespace driftd::app {

namespace ev = detectors::evidence;

namespace {

constexpr std::size_t kMostLanes = 100;  // side by side in one thread

struct Group {
  std::size_t first = 0;
  std::size_t months = 0;
};

std::vector<Group> groups_of(std::size_t months, std::size_t threads) {
  const std::size_t each = std::clamp<std::size_t>((months + threads - 1) / threads, 1, kMostLanes);
  std::vector<Group> found;
  for (std::size_t first = 0; first < months; first += each)
    found.push_back({first, std::min(each, months - first)});
  return found;
}

KindRun run_group(const ReplayPlan& plan, const ReplayKind& kind, const BudgetConfig& budget,
                  const MonthDraws& draws, const Group& group,
                  const std::function<void(std::uint64_t)>& advance) {
  std::vector<ev::ReplaySeries> series;
  for (const ReplayColumn& column : kind.columns) series.push_back(column.series());
  ev::KindMonths months(*kind.days, std::move(series), plan.options(kind, budget), group.months);
  KindRun run;
  run.capital.resize(kind.columns.size());
  for (std::size_t day = 0; day < kMonthDays; ++day) {
    for (std::size_t column = 0; column < run.capital.size() && day == kTrialDay; ++column)
      for (std::size_t lane = 0; lane < group.months && group.first + lane < kTrialMonths; ++lane) {
        const auto capital = months.capital(column, lane);
        run.capital[column].emplace_back(capital.begin(), capital.end());
      }
    months.day(draws.of(day, group.first, group.months));
    advance(group.months);
  }
  run.alarms = months.alarms();
  for (ev::MonthAlarm& alarm : run.alarms) alarm.lane += group.first;
  return run;
}

void append(KindRun&& part, KindRun& all) {
  all.alarms.insert(all.alarms.end(), part.alarms.begin(), part.alarms.end());
  all.capital.resize(part.capital.size());
  for (std::size_t column = 0; column < part.capital.size(); ++column)
    std::move(part.capital[column].begin(), part.capital[column].end(),
              std::back_inserter(all.capital[column]));
}

}  // namespace

std::vector<KindRun> run_months(const ReplayPlan& plan, const BudgetConfig& budget,
                                const CertifyOptions& options, Workers& workers,
                                const std::function<void(std::uint64_t)>& advance) {
  const std::vector<Group> groups = groups_of(options.months, workers.threads());
  const std::size_t kinds = plan.kinds.size();
  std::vector<KindRun> parts(groups.size() * kinds);
  workers.each(parts.size(), [&](std::size_t item) {
    const ReplayKind& kind = plan.kinds[item % kinds];
    const MonthDraws draws(*kind.days, options.seed);
    parts[item] = run_group(plan, kind, budget, draws, groups[item / kinds], advance);
  });
  std::vector<KindRun> runs(kinds);
  for (std::size_t item = 0; item < parts.size(); ++item) append(std::move(parts[item]), runs[item % kinds]);
  for (KindRun& run : runs)
    std::stable_sort(run.alarms.begin(), run.alarms.end(),
                     [](const auto& a, const auto& b) { return a.lane < b.lane; });
  return runs;
}

}  // namespace driftd::app
