// What /-/healthy and /-/ready say. The loop tells how it goes, HTTP and the monitor read. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

namespace driftd::app {

class Health {
 public:
  using Clock = std::chrono::steady_clock;

  // `why` is told to whoever asks without credentials: a few words, no names.
  void set_not_ready(std::string why);
  void set_ready() { set_not_ready(""); }
  // Empty: ready.
  [[nodiscard]] std::string why_not_ready() const;

  // The loop made a turn, or waits for something and knows it.
  void beat() { beaten_ = since_epoch(Clock::now()); }
  void set_stalled_after(std::chrono::milliseconds limit) { limit_ = limit.count(); }
  // For how long no turn was made, where that is too long. Before the first beat nothing is.
  [[nodiscard]] std::optional<std::chrono::seconds> stalled() const;

 private:
  static std::int64_t since_epoch(Clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  }

  std::atomic<std::int64_t> beaten_{-1};  // milliseconds of the steady clock
  std::atomic<std::int64_t> limit_{60'000};
  mutable std::mutex mutex_;
  std::string why_ = "partitions are not assigned or state is not loaded";  // guarded by mutex_
};

}  // namespace driftd::app
