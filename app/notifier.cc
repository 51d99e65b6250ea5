#include "app/notifier.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "core/field_types.h"

namespace driftd::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kExtension{60};
constexpr std::chrono::seconds kBetweenExtensions{10};

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing calls setenv
  return value == nullptr ? std::string() : std::string(value);
}

std::string status_line(std::string_view status) {
  std::string line = "STATUS=" + std::string(status.substr(0, 500));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

// Half of what is allowed (sd_watchdog_enabled(3)).
std::chrono::microseconds watchdog_interval() {
  const auto allowed = parse_integer(variable("WATCHDOG_USEC"));
  const std::string pid = variable("WATCHDOG_PID");
  if (!allowed || *allowed <= 0 || (!pid.empty() && pid != std::to_string(getpid()))) return {};
  return std::chrono::microseconds(std::max<std::int64_t>(1, *allowed / 2));
}

}  // namespace

Notifier::Notifier() : address_(variable("NOTIFY_SOCKET")), watchdog_(watchdog_interval()) {
  const bool usable = (address_.starts_with('/') || address_.starts_with('@')) &&
                      address_.size() < sizeof(sockaddr_un::sun_path);
  if (!usable) address_.clear();
  if (!address_.empty()) socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

Notifier::~Notifier() {
  if (socket_ >= 0) close(socket_);
}

void Notifier::ready(std::string_view status) { send("READY=1\n" + status_line(status)); }

void Notifier::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void Notifier::stopping() { send("STOPPING=1\n" + status_line("stopping")); }

void Notifier::still_starting(std::string_view status) {
  if (Clock::now() < next_extension_) return;
  next_extension_ = Clock::now() + kBetweenExtensions;
  const auto extension = std::chrono::microseconds(kExtension).count();
  send("EXTEND_TIMEOUT_USEC=" + std::to_string(extension) + "\n" + status_line(status));
}

void Notifier::beat() {
  if (watchdog_.count() == 0 || Clock::now() < next_beat_) return;
  next_beat_ = Clock::now() + watchdog_ / 2;  // turns come when they come: early enough that the next is too
  send("WATCHDOG=1");
}

void Notifier::send(const std::string& text) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';  // a name without a file
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // Never waits: a manager that does not read must not hold up the loop.
  (void)sendto(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), size);
}

}  // namespace driftd::app
