// Laws from which a stretch of the reference was left out: what a day of that stretch is judged by when it
// stands for a new one. Pure.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "detectors/evidence/bank.h"
#include "detectors/evidence/certify/reference_days.h"
#include "detectors/evidence/column_references.h"
#include "detectors/evidence/series_evidence.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {

// One column in the reference and in its regimes, in that order.
struct ColumnInProfiles {
  std::vector<const ColumnProfile*> columns;
  std::vector<const ColumnBlocks*> blocks;
};

// `references`, those of the column with its regimes, with a law for every fold and cell of the calendar:
// cell c under fold f is number f * cells + c. All else (payoffs, inflation, scales of the bank) stays what
// the whole reference says. Traffic is taken to be the reference's own: per_slot becomes 0.
MonitorReferences laws_by_fold(const MonitorReferences& references, const ColumnInProfiles& column,
                               const ReferenceDays& days, const MeasureOptions& options);

// What `references` are when they have but the laws of one fold.
MonitorReferences laws_of_fold(const MonitorReferences& by_fold, std::size_t fold, std::size_t cells);

// A series as its months need it: monitors by fold, since each remembers what its last cell needs, and the
// bank's laws by fold and cell. One thread.
struct ReplayMonitors {
  std::vector<std::shared_ptr<const SeriesMonitors>> folds;  // their own banks are not used
  std::optional<BankLaws> bank;
  std::size_t cells = 1;  // of the calendar
};
ReplayMonitors replay_monitors(const ColumnProfile& column, const MonitorReferences& by_fold,
                               const ReferenceDays& days);

}  // namespace driftd::detectors::evidence
