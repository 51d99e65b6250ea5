// Which monitors a column has, and what a slot's tally counts for them. Pure.
//
// The order of the monitors, and of their counts one after another, is the room's convention:
//   numeric:     the evidence bins (below and above joined to the outer ones); missing; not_a_number;
//                below; above
//   categorical: the evidence bins (`other` is the last); missing; new_category
// Rates count no, then yes: missing (null, absent, type_change) of all events, not_a_number of those that
// are not missing, below, above and new_category of present values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "detectors/cells.h"
#include "detectors/evidence/monitor.h"
#include "detectors/evidence/reference_measures.h"
#include "detectors/profile.h"

namespace driftd::detectors::evidence {

struct ColumnMonitor {
  Shape shape = Shape::value;  // value: the evidence bins, else the rate
  Functionals functionals = Functionals::value;
  std::size_t width = 0;
  double weight = 0;  // of the column's monitors, which sum to 1
};

std::vector<ColumnMonitor> monitors_of(const ColumnProfile& column);
// The widths' sum.
std::size_t counts_of(const ColumnProfile& column);

// Adds a tally's column to `out`, which has counts_of(column) integers. Hot: once a series and slot.
// Counts below zero, which no true tally has, count as zero.
void add_column_counts(const ColumnProfile& column, std::span<const CellCount> cells,
                       std::span<std::int64_t> out);

// How many categories the reference has seen once: the share of values that are new is estimated by the share
// of these (Good and Turing). At most that many where the counts of the rarest are not kept apart.
std::int64_t seen_once(const ColumnProfile& column);
// Of a segment of the reference with these counts: those of its values that the whole reference has seen
// once.
std::int64_t seen_once(const ColumnProfile& column, std::span<const CellCount> segment);

}  // namespace driftd::detectors::evidence
