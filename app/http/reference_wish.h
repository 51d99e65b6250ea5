// POST /api/v1/models/{model}/reference: which reference a version is to have from now on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/http/api_request.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::app {

// Exactly one of `profile`, `last`, `number` and `digest` is given.
struct ReferenceWish {
  std::string model;
  std::optional<std::string> version;  // absent: the one that predicted last
  bool preview = false;                // say what would change, and change nothing
  std::string profile;                 // the text of a profile
  std::optional<Duration> last;        // of the history
  std::optional<std::int64_t> number;  // of a reference that is kept
  std::string digest;                  // likewise, or what it begins with
};

// Of the request's parameters and body; an Error says which part is wrong and how.
Result<ReferenceWish> reference_wish(const ApiRequest& request);

}  // namespace driftd::app
