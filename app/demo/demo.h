// `driftd demo`: all of driftd on one machine with nothing to install.
//
// An in-process Kafka broker, a simulated credit model that drifts at a known place, the very service that
// `driftd run` is, and a small receiver that checks the webhook's signature. It tells on `out` what
// happens as it happens. Everything lives in a temporary directory that goes with it.
#pragma once

#include <iosfwd>
#include <string>

namespace driftd::app {

struct DemoOptions {
  std::string listen = "127.0.0.1:9108";
  bool once = false;  // ends by itself; true is returned if all of it happened
};

// False: what was to be seen did not happen within two minutes, or something could not be started.
bool run_demo(const DemoOptions& options, std::ostream& out);

}  // namespace driftd::app
