// The report of a replay: statistics of every column and performance, per calendar month and over all,
// out of the history, in the form of data/expected/*.json.
#pragma once

#include <string>

#include "app/pipeline/engine.h"

namespace driftd::app {

enum class Blocks { month, all };

// One model: its object; several: {"models": [...]}. Only versions whose reference is known.
Result<std::string> replay_report(Engine& engine, Blocks blocks);

}  // namespace driftd::app
