// A model's evidence made ready to be replayed against its own reference: what the judge would build
// (evidence_plan.h), with laws by fold and the reference's counts slot by slot. Plain data, read by many
// threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/certify/certify.h"
#include "app/pipeline/evidence_plan.h"
#include "core/result.h"
#include "detectors/evidence/certify/kind_months.h"
#include "detectors/evidence/certify/reference_days.h"

namespace driftd::app {

struct ReplayColumn {
  std::string name;
  double share = 0;  // of the kind's budget
  std::size_t width = 0;
  std::vector<std::int64_t> counts;  // by slot of all days
  std::function<detectors::evidence::ReplayMonitors()>
      monitors;  // anew at each call: they belong to a thread
  double inflation = 1;
  bool resolved = true;
  const detectors::ColumnProfile* profile = nullptr;  // null where only evidence knows the column
  std::vector<double> law;                            // over the column's bins

  // `counts` stay here.
  [[nodiscard]] detectors::evidence::ReplaySeries series() const;
};

struct ReplayKind {
  detectors::evidence::EvidenceKind kind = detectors::evidence::EvidenceKind::data;
  double weight = 0;                                         // of the model's budget
  const detectors::evidence::ReferenceDays* days = nullptr;  // of its clock
  std::vector<ReplayColumn> columns;
};

struct ReplayPlan {
  std::shared_ptr<const detectors::evidence::ReferenceDays> rows,
      pairs;  // null: kinds on labels are left out
  std::vector<ReplayKind> kinds;
  std::vector<std::string> left_out;  // in words
  bool short_reference = false;

  [[nodiscard]] detectors::evidence::MonthOptions options(const ReplayKind& kind,
                                                          const BudgetConfig& budget) const;
};

// How long a column stays paused after a false alarm: until two days in a row show nothing (DESIGN 7.7).
inline constexpr Duration kPauseOfFalseAlarm = 2 * kDay;

Result<ReplayPlan> replay_plan(const CertifyInput& input);

}  // namespace driftd::app
