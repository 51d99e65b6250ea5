#include "app/loop_monitor.h"

#include <chrono>
#include <utility>

namespace driftd::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr std::chrono::seconds kTellAgain{60};

}  // namespace

LoopMonitor::LoopMonitor(const Health& health, Logger log)
    : health_(health), log_(std::move(log)), thread_([this] { watch(); }) {}

LoopMonitor::~LoopMonitor() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void LoopMonitor::watch() {
  std::chrono::seconds told{0};
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kLook, [this] { return ending_; })) {
    const auto silent = health_.stalled();
    if (!silent) {
      if (std::exchange(told, {}).count() > 0) log_.warn("the loop turns again");
      continue;
    }
    if (told.count() == 0) ++stalls_;
    if (told.count() > 0 && *silent < told + kTellAgain) continue;
    told = std::max(*silent, std::chrono::seconds(1));
    log_.error("the loop stands still: nothing is read, judged or answered until it turns again",
               {{"seconds", silent->count()}});
  }
}

}  // namespace driftd::app
