// Lineage: what model events said of a version, put together: who trained it, when, on which data, in which
// run (DESIGN 3). Texts of JSON objects in, texts of JSON objects out; what they hold is taken for hostile.
// Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"
#include "core/time.h"

namespace driftd::app {

// Something that happened to a version, by its own time.
struct LifeEvent {
  Lifecycle event = Lifecycle::registered;
  Time time = 0;
  friend bool operator==(const LifeEvent&, const LifeEvent&) = default;
};
inline constexpr std::size_t kLifeEvents = 20;  // kept of a version; the oldest leave

// What is kept of metadata; the rest of it is left out.
inline constexpr std::size_t kLineageKeys = 64;        // first come; names of at most 200 bytes
inline constexpr std::size_t kLineageText = 1000;      // characters of a value that is a text
inline constexpr std::size_t kLineageNested = 4000;    // bytes of a value that is a list or an object
inline constexpr std::size_t kLineageLabelText = 128;  // characters of a label

// `known` with the keys of `said` laid over it; a null takes a key away. `incident`, the answer to a webhook,
// is no lineage. "{}" where nothing is left.
std::string merged_lineage(std::string_view known, std::string_view said);

// Whether the metadata of such an event speaks of the version that it names. Training is over once a version
// predicts: what is told of a retraining then is told of its successor.
bool speaks_of_version(Lifecycle event, bool has_predicted);

// What driftd_model_info has labels for, and their values; empty: not said.
inline constexpr std::array kLineageLabels = {"trained_by", "trained_at", "data_version", "git_commit",
                                              "run_id"};
std::array<std::string, kLineageLabels.size()> lineage_labels(std::string_view lineage);

}  // namespace driftd::app
