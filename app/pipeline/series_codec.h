// Small parts of a version's state as bytes: a slot that may be absent, the name of a series of evidence.
#pragma once

#include <cstdint>
#include <optional>

#include "core/codec.h"
#include "detectors/evidence/kind_evidence.h"

namespace driftd::app {

void save_slot(Encoder& out, const std::optional<std::int64_t>& slot);
std::optional<std::int64_t> load_slot(Decoder& in, Duration length);

void save_name(Encoder& out, const detectors::evidence::SeriesName& name);
detectors::evidence::SeriesName load_name(Decoder& in);

}  // namespace driftd::app
