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
  // Never waits. A stop comes first, and is for good.
  Wish next();
  // Whether next() gives `stop`.
  bool stop_asked();

 private:
  void read_pending();

  int descriptor_;
  bool stop_ = false;
  bool reload_ = false;
};

}  // namespace driftd::app
