// The months of all kinds, spread over threads: false alarms, and the capital of every column on the day from
// which the months with a shift go on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "app/certify/replay_plan.h"
#include "app/pipeline/workers.h"

namespace driftd::app {

struct KindRun {
  std::vector<detectors::evidence::MonthAlarm> alarms;  // `lane` is the month; by month, then time
  // By column, by month of the first kTrialMonths: M when day kTrialDay begins.
  std::vector<std::vector<std::vector<double>>> capital;
};

inline constexpr std::size_t kMonthDays = 30;
inline constexpr std::size_t kTrialMonths = 64;
inline constexpr std::size_t kTrialDay = 10;  // first of the months' days on which a shift begins
inline constexpr std::size_t kTrialDays = 8;  // a day within which it begins, and a week

// `advance` is called after every day of some months, from any thread: how many month-days.
std::vector<KindRun> run_months(const ReplayPlan& plan, const BudgetConfig& budget,
                                const CertifyOptions& options, Workers& workers,
                                const std::function<void(std::uint64_t)>& advance);

}  // namespace driftd::app
