// A fixed crew of threads for the parallel phases of a round.
//
// each(n, work) runs work(0) .. work(n-1), spread over the crew and the calling thread, and returns
// when all have ended. Which thread takes which index is not fixed, so work items must share nothing
// that they change. An exception in a work item is rethrown by each(). One caller at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace driftd::app {

class Workers {
 public:
  explicit Workers(std::size_t threads);  // at least 1; 1 means the caller alone
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void each(std::size_t items, const std::function<void(std::size_t)>& work);
  [[nodiscard]] std::size_t threads() const { return crew_.size() + 1; }

 private:
  void serve();
  void take_items();

  std::mutex mutex_;
  std::condition_variable start_;
  std::condition_variable done_;
  const std::function<void(std::size_t)>* work_ = nullptr;  // guarded by mutex_
  std::size_t items_ = 0;                                   // guarded by mutex_
  std::size_t busy_ = 0;                                    // guarded by mutex_
  std::size_t generation_ = 0;                              // guarded by mutex_
  bool stopping_ = false;                                   // guarded by mutex_
  std::exception_ptr fault_;                                // guarded by mutex_
  std::atomic<std::size_t> next_{0};
  std::vector<std::thread> crew_;
};

}  // namespace driftd::app
