// From a profile to what the monitors of its columns are measured against. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "detectors/evidence/monitor_reference.h"
#include "detectors/evidence/reference_measures.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {

// The five-minute counts of one column: counts_of(column) integers a block, as add_column_counts has them.
struct ColumnBlocks {
  std::vector<Time> starts;  // rising
  std::vector<std::int64_t> counts;
};

// Of every column of a side, in its order; each block is decoded once. Errors (`corrupt`): a block that is
// no tally of this profile.
Result<std::vector<ColumnBlocks>> blocks_of(const Profile& profile, Side side);
// The same of blocks that are not the profile's own but have its columns: those of a segment.
Result<std::vector<ColumnBlocks>> blocks_of(const Profile& profile, Side side,
                                            std::span<const ProfileBlock> blocks);

// One for each of monitors_of(column), in its order.
using MonitorReferences = std::vector<MonitorReference>;

// New categories have no reference but seen_once(): one law for all cells, inflation 1, resolved as the
// categories are. `blocks` are those of the column.
MonitorReferences references_of(const ColumnProfile& column, const ColumnBlocks& blocks,
                                const MeasureOptions& options);

// The same of a segment of the reference, with these counts in all.
MonitorReferences references_of_segment(const ColumnProfile& column, std::span<const CellCount> counts,
                                        const ColumnBlocks& blocks, const MeasureOptions& options);

// The same where only the blocks are known: their sum is the reference, of new categories too. For a
// segment first seen later and for a new normal. Laws over the bins of the column.
MonitorReferences references_of_blocks(const ColumnProfile& column, const ColumnBlocks& blocks,
                                       const MeasureOptions& options);

// References measured in coarser cells, for a calendar of finer ones: every hour of the week has the law of
// its hour of the day, or of the whole. Precondition: from <= to.
void spread_cells(MonitorReferences& references, Cells from, Cells to);

// A further regime: the same column of another profile. Precondition: same_bins().
void add_regimes(MonitorReferences& references, const ColumnProfile& column, const ColumnBlocks& blocks,
                 const MeasureOptions& options);

// Which bins and categories the evidence has apart is the reference's choice: those of a regime become the
// same, in columns with the same cells. Which of its categories are rare says nothing.
void adopt_evidence_bins(Profile& regime, const Profile& reference);

// Whether counts of one are counts of the other: the same type and edges, the same categories in the
// evidence.
bool same_bins(const ColumnProfile& a, const ColumnProfile& b);

}  // namespace driftd::detectors::evidence
