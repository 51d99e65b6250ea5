#include "app/on_threads.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace driftd::app {
namespace {

constexpr auto kTellEvery = std::chrono::milliseconds(200);

class Pieces {
 public:
  Pieces(std::size_t count, const std::function<void(std::size_t)>& work) : count_(count), work_(work) {}

  void work_until_done() {
    std::unique_lock lock(mutex_);
    while (begun_ < count_ && !fault_) {
      const std::size_t piece = begun_++;
      lock.unlock();
      std::exception_ptr fault;
      try {
        work_(piece);
      } catch (...) {
        fault = std::current_exception();
      }
      lock.lock();
      ++done_;
      if (fault && !fault_) fault_ = fault;
      changed_.notify_one();
    }
  }

  void wait(const std::function<void(std::size_t)>& tell) {
    std::unique_lock lock(mutex_);
    while (!finished()) {
      changed_.wait_for(lock, kTellEvery);
      const std::size_t done = done_;
      lock.unlock();
      tell(done);
      lock.lock();
    }
  }

  void throw_fault() const {
    if (fault_) std::rethrow_exception(fault_);
  }

 private:
  [[nodiscard]] bool finished() const { return done_ == begun_ && (begun_ == count_ || fault_); }

  std::size_t count_;
  const std::function<void(std::size_t)>& work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t begun_ = 0, done_ = 0;
  std::exception_ptr fault_;
};

}  // namespace

void on_threads(std::size_t count, std::size_t threads, const std::function<void(std::size_t)>& work,
                const std::function<void(std::size_t)>& tell) {
  if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
  Pieces pieces(count, work);
  {
    std::vector<std::jthread> workers;
    for (std::size_t i = 0; i < std::min(threads, count); ++i) {
      workers.emplace_back([&pieces] { pieces.work_until_done(); });
    }
    pieces.wait(tell);
  }
  pieces.throw_fault();
}

}  // namespace driftd::app
