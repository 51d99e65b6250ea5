// The slices of a version in which errors gather: pairs go in as they are judged, what is asked comes out
// (DESIGN 7.4). Of the whole model. The log belongs to one reference: under another it begins anew.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "alerts/incident.h"
#include "app/http/json.h"
#include "app/pipeline/version.h"
#include "core/pair.h"
#include "detectors/performance/slice_search.h"

namespace driftd::app {

// A pair whose prediction was binned under the version's reference; others are left out.
void add_slice_row(const Version& version, const Pair& pair, const detectors::ResolvedPair& resolved,
                   std::uint64_t hash, std::vector<detectors::SliceRow>& rows);
// Into the log and, of a regression, into what its expected loss is scored by.
void push_slice_rows(Version& version, std::int64_t slot, std::int64_t window,
                     const std::vector<detectors::SliceRow>& rows);

// The model of the expected loss of a reference of pairs that was learnt up to the slot: of the labelled
// predictions whose cells were known by then, as far as the log holds them.
void learn_expected_loss(const Version& version, std::int64_t slot, Duration slot_length,
                         detectors::Profile& pairs);

// From the slot on; `newest` is the newest closed one.
std::vector<alerts::SliceFinding> slice_findings(const Version& version, std::int64_t slot,
                                                 std::int64_t newest);
// "errors gather where country = FR and age > 45: error rate 0.31 against 0.12, 8 % of rows"; empty for none.
std::string slice_summary(const Version& version, const std::vector<alerts::SliceFinding>& slices);

// GET /api/v1/models/{model}/slices
SlicesSummary slices_of(const Version& version, std::int64_t slot, std::int64_t newest, Duration slot_length);

}  // namespace driftd::app
