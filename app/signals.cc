#include "app/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

namespace driftd::app {
namespace {

constexpr int kLook = 50;  // milliseconds; whether the end is overdue
// One wish may come as two signals: from the terminal, and passed on by who started us.
constexpr std::chrono::milliseconds kSameWish{300};

}  // namespace

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  thread_ = std::thread([this] { listen(); });
}

Signals::~Signals() {
  const std::uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
  thread_.join();
  close(signals_);
  close(wake_);
}

Signals::Wish Signals::next() {
  if (stop_asked()) return Wish::stop;
  return reload_.exchange(false) ? Wish::reload : Wish::none;
}

void Signals::end_within(std::chrono::milliseconds bound, End end) {
  const std::lock_guard lock(mutex_);
  bound_ = bound;
  end_ = std::move(end);
}

void Signals::listen() {
  while (true) {
    pollfd waiting[] = {{signals_, POLLIN, 0}, {wake_, POLLIN, 0}};
    poll(waiting, 2, stop_asked() ? kLook : -1);
    if (waiting[1].revents != 0) return;
    take_pending();
    if (stop_asked()) force_the_end_if_due();
  }
}

void Signals::take_pending() {
  signalfd_siginfo info{};
  while (read(signals_, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP) {
      reload_ = true;
    } else if (!stop_asked()) {
      first_stop_ = std::chrono::steady_clock::now();
      stops_ = 1;
    } else if (std::chrono::steady_clock::now() - first_stop_ >= kSameWish) {
      ++stops_;
    }
  }
}

void Signals::force_the_end_if_due() {
  std::string why;
  End end;
  {
    const std::lock_guard lock(mutex_);
    if (!end_) return;
    if (stops_ > 1) {
      why = "asked twice to stop: ending at once";
    } else if (std::chrono::steady_clock::now() - first_stop_ >= bound_) {
      why = "not stopped within " + std::to_string(bound_.count() / 1000) + " s: ending at once";
    } else {
      return;
    }
    end = std::exchange(end_, {});
  }
  end(why);
}

}  // namespace driftd::app
