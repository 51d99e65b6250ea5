// The column behind a series of evidence, with a reference that the counts at hand may be compared with: of
// the series' own segment, and of the hours that the counts came from. Pure functions of a version's state
// but for a cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "app/pipeline/version.h"
#include "app/pipeline/version_evidence.h"
#include "detectors/evidence/kind_evidence.h"

namespace driftd::app {

// The reference that a kind's columns are of; null: none yet.
const Plan* plan_of(const Version& version, detectors::evidence::EvidenceKind kind);
// The series' column on that plan; null for columns that only evidence knows.
const detectors::ColumnProfile* column_of(const Plan& plan, const detectors::evidence::SeriesName& series);
// Its place there. Precondition: it is one of the plan's.
std::size_t place_of(const Plan& plan, const detectors::ColumnProfile* column);

// The same column with the reference of the series' own segment, over all hours; none where that is not
// known.
std::optional<detectors::ColumnProfile> column_in(const Version& version,
                                                  detectors::evidence::EvidenceKind kind,
                                                  const detectors::evidence::SeriesName& series);
// For counts since a slot (counts_since).
std::optional<detectors::ColumnProfile> column_since(const Version& version,
                                                     detectors::evidence::EvidenceKind kind,
                                                     const detectors::evidence::SeriesName& series,
                                                     std::int64_t slot);
// For counts of the 24 hours before `end`.
std::optional<detectors::ColumnProfile> column_of_day(const Version& version,
                                                      detectors::evidence::EvidenceKind kind,
                                                      const detectors::evidence::SeriesName& series,
                                                      Time end);

}  // namespace driftd::app
