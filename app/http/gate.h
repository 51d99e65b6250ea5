// Who may ask: basic authentication and bearer tokens before the API (DESIGN 4, `http`).
//
// Tokens and what is known of passwords are compared as keyed hashes, in constant time. A password that is
// not known yet is checked against its slow hash on a thread of this class, one at a time and few in a
// queue: wrong passwords, however many, hold up neither the server's thread nor who was let in before. Of
// one address few wait at a time, so that one cannot keep the others out. An unknown user takes as long as
// a wrong password.
//
// /-/healthy and /-/ready need no credentials: who asks them (a kubelet, a load balancer, systemd) has none,
// and they tell nothing but the state.
//
// Thread-safe.
#pragma once

#include <memory>

#include "app/config/http_config.h"
#include "app/http/server.h"
#include "app/log.h"

namespace driftd::app {

class Gate {
 public:
  Gate(const HttpConfig& config, Logger log);
  ~Gate();  // what waits is not answered
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // New credentials; the old ones hold no longer.
  void configure(const HttpConfig& config);

  // Calls `inner` with what may pass, with Request::authenticated set where credentials were asked for and
  // held, now or later on a thread of this class; answers the rest with 401 or 503.
  void pass(Request request, const Respond& respond, const Handler& inner);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// `gate` outlives the handler.
Handler guarded(Handler inner, Gate& gate);

}  // namespace driftd::app
