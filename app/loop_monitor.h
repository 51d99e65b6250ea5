// Notices that the service's loop makes no turns any more, and says so: in the log once a minute, and as a
// count. It cannot mend it; systemd's watchdog, which the loop itself feeds, can.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "app/http/health.h"
#include "app/log.h"

namespace driftd::app {

class LoopMonitor {
 public:
  // `health` outlives it.
  LoopMonitor(const Health& health, Logger log);
  ~LoopMonitor();
  LoopMonitor(const LoopMonitor&) = delete;
  LoopMonitor& operator=(const LoopMonitor&) = delete;

  // How often the loop stood still. Any thread.
  [[nodiscard]] std::uint64_t stalls() const { return stalls_; }

 private:
  void watch();

  const Health& health_;
  const Logger log_;
  std::atomic<std::uint64_t> stalls_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // last: it uses the others
};

}  // namespace driftd::app
