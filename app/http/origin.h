// Who may change something over HTTP: who has shown credentials, or where none are asked for a client on this
// machine that acts for itself, not a proxy for someone else; and never a browser in which some other site's
// page asks, for a browser sends credentials along by itself. Pure.
#pragma once

#include <optional>

#include "app/http/server.h"

namespace driftd::app {

// The answer (403) for a request over loopback by a name that anybody may own: a page of that name would read
// here what its visitor's machine serves to itself (DNS rebinding).
std::optional<Response> refuse_name(const Request& request);

// The answer (403, 415) for a request that may not change anything, empty for one that may.
std::optional<Response> refuse_change(const Request& request);

}  // namespace driftd::app
