// A small blocking HTTP client, with which `driftd models` and `driftd incidents` ask a running driftd.
#pragma once

#include <chrono>
#include <string>

#include "core/result.h"

namespace driftd::app {

struct Reply {
  int status = 0;
  std::string content_type;
  std::string body;
};

// One request over a connection of its own. `base` is http://HOST[:PORT], `target` a path with query, `body`
// JSON or nothing.
// Errors: invalid (no such URL), unavailable (nobody answers there, or not within `timeout`).
Result<Reply> http_call(const std::string& base, const std::string& method, const std::string& target,
                        std::chrono::milliseconds timeout = std::chrono::seconds(30),
                        const std::string& body = {});

}  // namespace driftd::app
