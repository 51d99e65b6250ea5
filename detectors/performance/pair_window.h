// The performance of one series over the last n slots.
#pragma once

#include "detectors/performance/pair_tally.h"
#include "detectors/performance/slot_window.h"

namespace driftd::detectors {

using PairWindow = SlotWindow<PairTally>;

}  // namespace driftd::detectors
