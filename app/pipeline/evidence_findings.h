// What an incident of evidence says: effects, words, statistics and shares of what moved (DESIGN 7.7). Pure
// functions of a version's state.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alerts/drift_verdict.h"
#include "alerts/incident.h"
#include "app/pipeline/version.h"
#include "app/pipeline/version_evidence.h"
#include "detectors/evidence/drift_effect.h"

namespace driftd::app {

inline constexpr double kLossTolerance = 0.01;  // of performance (STATISTICS 3)

// Counts of a segment from about `slot` on; empty where the segment was not watched.
std::optional<detectors::Tally> counts_since(const Version& version, detectors::evidence::EvidenceKind kind,
                                             const std::string& segment, std::int64_t slot);

// Of the column with the largest share, since the estimated start.
detectors::evidence::Effect effect_since_start(const Version& version, detectors::evidence::EvidenceKind kind,
                                               const OpenDrift& drift);
// The largest of all paused columns over the counts of the 24 hours before `end`.
detectors::evidence::Effect effect_of_day(const Version& version, detectors::evidence::EvidenceKind kind,
                                          const OpenDrift& drift, Time end);

// The loss since the drift began, beside the reference's, of the segment that moved most; none where there is
// no reference of it or no pair.
std::optional<alerts::LossSince> loss_since(const Version& version, const OpenDrift& drift);

// Of a derived column: the features behind it whose own drift (kind `data`) is open. Empty for other kinds.
std::set<std::string> drifting_behind(const Version& version, detectors::evidence::EvidenceKind kind,
                                      const detectors::evidence::SeriesName& series);

// certified, calibrated or uncertified (STATISTICS 1).
bool is_uncertified(const Version& version, const detectors::evidence::Alarm& alarm);
std::string strength_of(const Version& version, detectors::evidence::EvidenceKind kind,
                        const detectors::evidence::Alarm& alarm);

// Summary, columns in decreasing share, and facts. Severity, action, performance and lineage are the
// caller's.
alerts::Findings findings_of(const Version& version, detectors::evidence::EvidenceKind kind,
                             const OpenDrift& drift);

}  // namespace driftd::app
