#include "app/signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <initializer_list>
#include <utility>

namespace driftd::app {

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  descriptor_ = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

Signals::~Signals() { close(descriptor_); }

void Signals::read_pending() {
  signalfd_siginfo info{};
  while (read(descriptor_, &info, sizeof info) == sizeof info)
    (info.ssi_signo == SIGHUP ? reload_ : stop_) = true;
}

bool Signals::stop_asked() {
  read_pending();
  return stop_;
}

Signals::Wish Signals::next() {
  if (stop_asked()) return Wish::stop;
  return std::exchange(reload_, false) ? Wish::reload : Wish::none;
}

}  // namespace driftd::app
