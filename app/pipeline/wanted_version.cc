#include "app/pipeline/wanted_version.h"

#include <tuple>

namespace driftd::app {

namespace {

Error no_version(const Model& model, const std::optional<std::string>& name) {
  return {ErrorCode::not_found, name ? "no version '" + *name + "' of model '" + model.name + "'"
                                     : "no version of model '" + model.name + "' has predicted"};
}

// Rises with what is preferred.
auto rank_of(const Version& version) {
  return std::tuple(!version.retired, version.last_slot, version.series);
}

}  // namespace

Error unknown_model(std::string_view model) {
  return {ErrorCode::not_found,
          "no model '" + std::string(model) + "' has been seen; GET /api/v1/models lists them"};
}

Result<Version*> wanted_version(Engine& engine, std::string_view model,
                                const std::optional<std::string>& version) {
  const Model* known = engine.state().registry.find(model);
  if (known == nullptr) return unknown_model(model);
  Version* found = nullptr;
  for (const auto& [name, one] : known->versions)
    if (version ? name == *version
                : one->counters.predictions > 0 && (found == nullptr || rank_of(*one) > rank_of(*found)))
      found = one;
  if (found == nullptr) return no_version(*known, version);
  return found;
}

}  // namespace driftd::app
