// Tells the service manager how the service fares (sd_notify(3)): datagrams to $NOTIFY_SOCKET; nothing
// where there is none. Owned by the loop's thread.
//
// The protocol is a text in a datagram, documented as stable, so it is spoken here: libsystemd would bring
// five further libraries into the process for it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace driftd::app {

class Notifier {
 public:
  Notifier();  // reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  void ready(std::string_view status);
  void reloading();  // until ready() is told again
  void stopping();
  // Start-up goes on and is allowed further time.
  void still_starting(std::string_view status);
  // To be called by a loop that makes progress, as often as it does; tells the watchdog as often as it has
  // to.
  void beat();

 private:
  void send(const std::string& text) const;

  std::string address_;  // empty: nobody listens
  int socket_ = -1;
  std::chrono::microseconds watchdog_{0};  // between two beats that are told; 0: none is wanted
  std::chrono::steady_clock::time_point next_beat_;
  std::chrono::steady_clock::time_point next_extension_;
};

}  // namespace driftd::app
