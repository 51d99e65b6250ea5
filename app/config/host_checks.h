// What a configuration says of the network, checked when the whole of it is known: whether webhooks go to
// allowed hosts, and whether the certificates can be used.
#pragma once

#include "app/config/config.h"
#include "core/node.h"

namespace driftd::app {

// A URL whose host is a template is judged at each attempt.
void check_hosts(const Config& config, const Node& root, Faults& faults);
// Reads the files of `http.tls`.
void check_certificates(const Config& config, const Node& root, Faults& faults);

}  // namespace driftd::app
