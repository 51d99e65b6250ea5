// "The last 7 days" as a reference: a profile of the counts that the history holds, over the cells of the
// reference that a version has (DESIGN 7.6).
//
// The history keeps, slot by slot and segment by segment, all that a reference of predictions is made of,
// what came late included: counts of every cell, so missing values, other types and what lay outside the
// range too, in parts fine enough for five-minute blocks, and the text of new categories. It is made over the
// same cells, because the values themselves are gone; new categories become known ones of the kind `other`,
// as far as their text was kept. What labels came to is filed there by the time of the prediction and without
// how long each label took, which a reference of labels is made of: that one stays as it is.
//
// Engine's thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/pipeline/history_writer.h"
#include "app/pipeline/open_slot.h"
#include "app/pipeline/version.h"
#include "core/result.h"
#include "core/time.h"
#include "detectors/profile.h"
#include "storage/store.h"

namespace driftd::app {

inline constexpr Duration kShortestRecent = 2 * kDay;  // whole days of history, or there is no reference
inline constexpr Duration kLongestRecent = 92 * kDay;

// By column of the predictions: hashes of the categories that have become known.
using KnownCategories = std::map<std::uint32_t, std::set<std::uint64_t>>;

struct RecentReference {
  detectors::Profile profile;  // of predictions alone
  Time from = 0;               // asked for, whole slots
  Time until = 0;
  Time first = 0;  // found: the first slot's beginning, the last one's end
  Time last = 0;
  std::int64_t slots = 0;  // that hold something
  KnownCategories known;
};

struct HistoryAt {
  const storage::Store* store = nullptr;
  const HistoryWriter* history = nullptr;
  Duration slot = kMinute;
};

// Of the slots before `until`, a slot's beginning. Precondition: the version has a reference. `refused` where
// less than kShortestRecent of them is there.
Result<RecentReference> recent_reference(const HistoryAt& at, const Version& version, Time until,
                                         Duration last);

// Counts of an open slot as they would be had these categories been known: `new` becomes `other`.
void take_as_known(OpenSlot& slot, const KnownCategories& known);

}  // namespace driftd::app
