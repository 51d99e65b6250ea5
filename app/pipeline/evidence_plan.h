// What the evidence on predictions watches under a reference and a configuration: columns by kind, their
// shares of the kind's budget, and what each is measured against. One piece of code for the judge, which runs
// it, and for `certify`, which tries it out. Pure but for the time zone, which is read from the system's
// database.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/config/model_config.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/budget_shares.h"
#include "detectors/evidence/calendar.h"
#include "detectors/evidence/column_references.h"
#include "detectors/evidence/series_evidence.h"
#include "detectors/profile.h"

namespace driftd::app {

// A profile and the counts of its predictions by five minutes, decoded.
struct DecodedProfile {
  const detectors::Profile* profile = nullptr;
  std::vector<const detectors::ColumnProfile*> columns;   // of its predictions
  std::vector<detectors::evidence::ColumnBlocks> blocks;  // by column
};
// Fails with `corrupt` where a block is no tally of the profile.
Result<DecodedProfile> decode_profile(const detectors::Profile& profile);

struct PlannedColumn {
  std::size_t place = 0;                              // of the reference's columns
  double share = 0;                                   // of the kind's budget
  detectors::evidence::MonitorReferences references;  // with those of the regimes
};
using PlannedColumns = std::map<detectors::evidence::EvidenceKind, std::vector<PlannedColumn>>;

// What a column is measured against; none: it is not watched.
using ColumnMeasure = std::function<std::optional<detectors::evidence::MonitorReferences>(std::size_t place)>;
PlannedColumns planned_columns(std::span<const detectors::ColumnProfile* const> columns,
                               const ModelConfig& config, const ColumnMeasure& measure);
// Of the whole model.
PlannedColumns planned_columns(const DecodedProfile& reference, std::span<const DecodedProfile> regimes,
                               const ModelConfig& config, const detectors::evidence::MeasureOptions& options);

// The regime's column of that name whose counts are counts of this one; its place, or none.
std::optional<std::size_t> same_column(const DecodedProfile& regime, const detectors::ColumnProfile& column);

// What the task excludes is absent; what waits for labels learns until they have come. `labels_are_known`:
// one file holds both sides, and what it lacks is absent. Of what is learnt, that shows on the other clock,
// on which the shares of this one may not depend.
std::array<detectors::evidence::KindState, detectors::evidence::kEvidenceKinds> kind_states(
    const std::set<detectors::evidence::EvidenceKind>& watched, detectors::Task task, bool labels_are_known);

// Hours of the week, as far as the reference is long enough for them.
detectors::evidence::Calendar calendar_of(const SeasonConfig& season, const detectors::Profile& profile);
// Under 14 days: alarms are uncertified (STATISTICS 1).
bool is_short(const detectors::Profile& profile);
detectors::evidence::Pace pace_of(const BudgetConfig& budget, Duration slot);
// Alarms' worth of capital of one slot, of the whole model.
double capital_per_slot(const BudgetConfig& budget, Duration slot);
// Of a column of any kind, as the configuration says; 1 where it does not.
double importance_of(const ModelConfig& config, const std::string& column);

}  // namespace driftd::app
