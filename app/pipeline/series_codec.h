// Small parts of a version's state as bytes: a slot that may be absent, a series of evidence and its counts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/codec.h"
#include "core/time.h"
#include "detectors/evidence/kind_evidence.h"

namespace driftd::app {

void save_slot(Encoder& out, const std::optional<std::int64_t>& slot);
std::optional<std::int64_t> load_slot(Decoder& in, Duration length);

// Counts of a series in one block of time, or in several: sums of bets are among them.
void save_counts(Encoder& out, const std::vector<std::int64_t>& counts);
std::vector<std::int64_t> load_counts(Decoder& in);

void save_name(Encoder& out, const detectors::evidence::SeriesName& name);
detectors::evidence::SeriesName load_name(Decoder& in);

}  // namespace driftd::app
