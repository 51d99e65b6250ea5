// A reference that driftd learnt from the stream, read from its store; also while the service runs.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "detectors/profile.h"

namespace driftd::app {

struct StoredReference {
  std::string version;
  std::shared_ptr<const detectors::Profile> rows;
  std::shared_ptr<const detectors::Profile> pairs;  // null: not there yet
};

// Of that version, else of the one that was seen last of those that have a reference. Errors say what is not
// there yet, and what to do.
Result<StoredReference> stored_reference(const std::string& storage, const std::string& model,
                                         const std::optional<std::string>& version);

}  // namespace driftd::app
