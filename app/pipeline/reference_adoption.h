// Adopting a reference: what somebody wishes a version to be compared with from now on, whether it may be,
// and what that would change (docs/references.md).
//
// Engine's thread, between two rounds.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/http/reference_wish.h"
#include "app/pipeline/adopted_reference.h"
#include "core/result.h"

namespace driftd::app {

class Engine;

// What is wished, with what is to be said of it.
struct AdoptionOffer {
  AdoptedReference reference;
  std::optional<RecentReference> recent;  // without its profile
  std::vector<std::string> warnings;
};
// Errors: invalid (no profile), not_found (no such number), refused (it contradicts configuration or version,
// is in force already, or the history does not hold enough).
Result<AdoptionOffer> adoption_offer(Engine& engine, const Version& version, const ReferenceWish& wish);

// What it changes for the version that has its old references still.
nlohmann::ordered_json adoption_document(Engine& engine, const Version& version, const AdoptionOffer& offer);

// The answers of HTTP: POST .../reference, GET .../references.
Result<std::string> adopt_reference(Engine& engine, const ReferenceWish& wish);
Result<std::string> references_document(Engine& engine, std::string_view model);

}  // namespace driftd::app
