// What the labelled rows of a reference give beside their columns. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "detectors/evidence/labels/label_reference.h"
#include "detectors/performance/loss_model.h"
#include "detectors/profile.h"
#include "detectors/reference_columns.h"
#include "detectors/row_sample.h"
#include "detectors/table.h"

namespace driftd::detectors {

bool has_verdict(const Table& table, std::uint32_t row);

// Rows without a verdict are left out. A pair's evidence is there once it was predicted and its feedback
// came, and not before the row's time; where feedback times are not known, at the row's time.
evidence::LabelSource label_source_of(const Table& table, const TaskSpec& task, const RowIndexes& rows);

// Predictions with an id and a time, by cohort.
std::map<std::int64_t, std::int64_t> cohorts_of(const Table& table, const RowIndexes& rows);

// The model of the expected loss of a regression, from those of the pairs that give the edges; five-minute
// blocks, or rows where times are not known, make its halves. `sources` are of the profile's columns, those
// of the predictions' side first.
std::optional<LossModel> expected_loss(const Profile& profile, const Table& table,
                                       std::span<const ColumnSource> sources, const RowIndexes& pairs);

}  // namespace driftd::detectors
