// GET /api/v1/digest (docs/api.md).
#pragma once

#include <string>

#include "app/pipeline/engine.h"
#include "core/result.h"

namespace driftd::app {

// The newest digest with `next_at`, or one of what is known now: that one is not scheduled, and promises
// nothing. Errors: `not_found` where there is none yet, with the time of the next.
Result<std::string> digest_document(Engine& engine, bool now);

}  // namespace driftd::app
