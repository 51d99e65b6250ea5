// SIGTERM, SIGINT and SIGHUP as something to ask for, not to be interrupted by.
//
// Make one before any other thread starts: threads inherit that the signals are blocked. A thread of its own
// takes them in, so that an end can be forced where nobody asks any more.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

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
  [[nodiscard]] bool stop_asked() const { return stops_ > 0; }

  // From the first stop on the program has `bound`. When that is over, or at a second stop, `end` is called
  // on the thread of this class, once, to end the process at once.
  using End = std::function<void(std::string_view why)>;
  void end_within(std::chrono::milliseconds bound, End end);

 private:
  void listen();
  void take_pending();
  void force_the_end_if_due();

  int signals_;
  int wake_;  // an eventfd: this object ends
  std::atomic<int> stops_{0};
  std::atomic<bool> reload_{false};
  std::chrono::steady_clock::time_point first_stop_;  // of the listening thread

  std::mutex mutex_;
  std::chrono::milliseconds bound_{0};  // guarded by mutex_
  End end_;                             // guarded by mutex_
  std::thread thread_;
};

}  // namespace driftd::app
