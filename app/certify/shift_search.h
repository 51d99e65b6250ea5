// The smallest shift that a column shows: sizes of a grid, tried in months that go on from those without one.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "app/certify/certification.h"
#include "app/certify/month_draws.h"
#include "app/certify/replay_plan.h"
#include "detectors/evidence/certify/shift.h"
#include "detectors/evidence/certify/shift_trial.h"

namespace driftd::app {

class ShiftSearch {
 public:
  // The plan's kind, and the capital of its columns when the trials begin (month_runs.h). Keeps references.
  ShiftSearch(const ReplayPlan& plan, const ReplayKind& kind, const BudgetConfig& budget, std::uint64_t seed);

  // Precondition: the column has a profile. `capital` by month. Any thread.
  [[nodiscard]] std::optional<SmallestShift> smallest(const ReplayColumn& column,
                                                      const std::vector<std::vector<double>>& capital,
                                                      detectors::evidence::Move move) const;

 private:
  const ReplayKind& kind_;
  MonthDraws draws_;
  detectors::evidence::MonthOptions options_;
};

}  // namespace driftd::app
