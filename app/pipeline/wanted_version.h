// Which version of a model a request means: the one it names, else the one that predicted last.
#pragma once

#include <optional>
#include <string_view>

#include "app/pipeline/engine.h"

namespace driftd::app {

Error unknown_model(std::string_view model);

// Without a name, versions that are retired are taken only where no other has predicted; of two that
// predicted in the same slot the one first seen later. Errors: not_found.
Result<Version*> wanted_version(Engine& engine, std::string_view model,
                                const std::optional<std::string>& version);

}  // namespace driftd::app
