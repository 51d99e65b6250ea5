// How requests reach the engine: HTTP threads post work, the engine's thread does it between rounds.
//
// The engine calls serve() whenever it stands between two rounds, and may sleep in wait() when it has
// nothing else to do. Work that was not begun within `patience` is not begun at all: its request is
// answered 503 by the server, and so no change happens behind a client's back after it was told no.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>

#include "app/http/health.h"
#include "app/http/server.h"
#include "app/http/view.h"

namespace driftd::app {

class Mailbox {
 public:
  using Work = std::function<Response(EngineView&)>;

  explicit Mailbox(std::chrono::milliseconds patience = std::chrono::seconds(10), std::size_t capacity = 256);

  // Any thread. Answers 503 at once when the box is full or closed.
  void post(Work work, Respond respond);
  // The same for work that always gives the same page between two rounds: of several that wait at once the
  // first is done, and its page answers them all.
  void post_shared(Work work, Respond respond);

  // The engine's thread. Does all that was posted before the call; returns how many were done.
  std::size_t serve(EngineView& view);
  // Sleeps until something is posted, notify() is called, or the time is over.
  void wait(std::chrono::milliseconds at_most);
  void notify();  // any thread
  // Answers 503 to all that waits and all that comes: the engine is about to end.
  void close();

  // `/-/ready`: partitions are assigned and the state is loaded. Any thread.
  void set_ready(bool ready) { health_.set_not_ready(ready ? "" : "it is not serving"); }
  [[nodiscard]] bool ready() const { return health_.why_not_ready().empty(); }
  [[nodiscard]] Health& health() { return health_; }
  [[nodiscard]] const Health& health() const { return health_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Letter {
    Work work;
    Respond respond;
    Clock::time_point posted;
    bool shared = false;
  };
  void put(Letter letter);
  const char* refused_or_put(Letter letter);  // why it is refused, or nullptr

  const std::chrono::milliseconds patience_;
  const std::size_t capacity_;
  Health health_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Letter> letters_;  // guarded by mutex_
  bool notified_ = false;       // guarded by mutex_
  bool closed_ = false;         // guarded by mutex_
};

}  // namespace driftd::app
