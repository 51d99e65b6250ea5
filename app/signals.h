// SIGTERM, SIGINT and SIGHUP as something to ask for, not to be interrupted by.
//
// Make one before any thread starts: threads inherit that the signals are blocked.
#pragma once

namespace driftd::app {

class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  enum class Wish { none, stop, reload };
  Wish next();  // never waits

 private:
  int descriptor_;
};

}  // namespace driftd::app
