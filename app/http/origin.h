// Who may change something over HTTP while there are no credentials: a client on this machine that
// acts for itself, not a proxy for someone else, nor a browser in which some other site's page asks.
#pragma once

#include <optional>

#include "app/http/server.h"

namespace driftd::app {

// The answer (403, 415) for a request that may not change anything, empty for one that may.
std::optional<Response> refuse_change(const Request& request);

}  // namespace driftd::app
