#include "app/http/health.h"

#include <utility>

namespace driftd::app {

void Health::set_not_ready(std::string why) {
  const std::lock_guard lock(mutex_);
  why_ = std::move(why);
}

std::string Health::why_not_ready() const {
  if (stalled()) return "its loop stands still";
  const std::lock_guard lock(mutex_);
  return why_;
}

std::optional<std::chrono::seconds> Health::stalled() const {
  const std::int64_t beaten = beaten_;
  if (beaten < 0) return std::nullopt;
  const std::int64_t silent = since_epoch(Clock::now()) - beaten;
  if (silent < limit_) return std::nullopt;
  return std::chrono::seconds(silent / 1000);
}

}  // namespace driftd::app
