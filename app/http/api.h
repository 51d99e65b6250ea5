// The routes of DESIGN 4 (HTTP): a request taken apart, checked, and answered by the engine.
// docs/api.md shows each with an example.
//
// Errors are {"error": "..."} with 400 (wrong parameter), 403, 404, 405 (with Allow), 415, 503.
// What changes something (POST, PUT, DELETE) is accepted only from this machine: the peer is loopback,
// no proxy forwarded it, and no page of another site caused it (Origin, Sec-Fetch-Site).
#pragma once

#include <string>

#include "app/http/mailbox.h"
#include "app/http/server.h"

namespace driftd::app {

// The handler for an HttpServer. `mailbox` must outlive that server.
Handler make_api(Mailbox& mailbox);

}  // namespace driftd::app
