// The open slots (the record `open`), without those of some series.
#pragma once

#include "app/doctor/mending.h"
#include "storage/store.h"

namespace driftd::app {

// Adds to `mending` the record without the slots of its series; the whole record goes where it cannot be
// taken apart, as when the reference that one of them was counted over is damaged itself.
void trim_open_slots(const storage::Store& store, Mending& mending);

}  // namespace driftd::app
