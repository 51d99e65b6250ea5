// Whole rows and pairs as bytes, for the open slots of a checkpoint.
#pragma once

#include "core/codec.h"
#include "core/pair.h"
#include "detectors/rows.h"

namespace driftd::app {

void save_rows(Encoder& out, const detectors::RowTable& table);
detectors::RowTable load_rows(Decoder& in);  // what is hostile fails the decoder

void save_pair(Encoder& out, const Pair& pair);
Pair load_pair(Decoder& in);

}  // namespace driftd::app
