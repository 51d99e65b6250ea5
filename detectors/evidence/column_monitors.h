// The monitors of a feature, prediction, score or derived column, from what its reference measured. Pure.
#pragma once

#include <memory>

#include "detectors/evidence/column_references.h"
#include "detectors/evidence/payoff.h"
#include "detectors/evidence/series_evidence.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {

// In the order of monitors_of(column). A numeric column whose reference has blocks gets the bank.
// Precondition: references_of() of this column.
std::shared_ptr<const SeriesMonitors> column_monitors(const ColumnProfile& column,
                                                      const MonitorReferences& references,
                                                      const Floors& floors = {});

// Whether every wobble of the column is resolved (STATISTICS 5).
bool is_resolved(const MonitorReferences& references);

}  // namespace driftd::detectors::evidence
