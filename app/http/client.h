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

struct ClientAccess {
  std::string authorization;  // the header's value; empty: none
  std::string ca_file;        // authorities of https in PEM; empty: the system's
};

// One request over a connection of its own. `base` is http://HOST[:PORT] or https://, `target` a path with
// query, `body` JSON or nothing. Certificates are verified, redirects not followed. Errors: invalid (no such
// URL or file), unavailable (nobody answers there, or not within `timeout`, or its certificate does not
// hold).
Result<Reply> http_call(const std::string& base, const std::string& method, const std::string& target,
                        std::chrono::milliseconds timeout = std::chrono::seconds(30),
                        const ClientAccess& access = {}, const std::string& body = {});

}  // namespace driftd::app
