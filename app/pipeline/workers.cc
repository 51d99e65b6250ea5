#include "app/pipeline/workers.h"

#include <utility>

namespace driftd::app {

Workers::Workers(std::size_t threads) {
  for (std::size_t i = 1; i < threads; ++i) crew_.emplace_back([this] { serve(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  start_.notify_all();
  for (std::thread& thread : crew_) thread.join();
}

void Workers::each(std::size_t items, const std::function<void(std::size_t)>& work) {
  if (crew_.empty() || items < 2) {
    for (std::size_t i = 0; i < items; ++i) work(i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    work_ = &work;
    items_ = items;
    next_ = 0;
    busy_ = crew_.size();
    ++generation_;
  }
  start_.notify_all();
  take_items();
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
  work_ = nullptr;
  if (fault_) std::rethrow_exception(std::exchange(fault_, nullptr));
}

void Workers::serve() {
  std::size_t seen = 0;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      start_.wait(lock, [&] { return stopping_ || generation_ != seen; });
      if (stopping_) return;
      seen = generation_;
    }
    take_items();
    const std::lock_guard lock(mutex_);
    if (--busy_ == 0) done_.notify_one();
  }
}

void Workers::take_items() {
  try {
    for (std::size_t i = next_++; i < items_; i = next_++) (*work_)(i);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    fault_ = std::current_exception();
    next_ = items_;
  }
}

}  // namespace driftd::app
