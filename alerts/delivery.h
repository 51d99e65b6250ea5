// The HTTP and HTTPS client that carries out deliveries.
//
// A thread of its own; each request runs by itself, so a stalled receiver holds up nobody. `timeout`
// bounds a request from name resolution to the last byte of the answer, a token's fetching included.
// HttpRequest::access is applied here: files of credentials and certificates are read anew at each request,
// an OAuth 2 token is kept until it ends or is refused (401). Certificates are verified against the system's
// authorities (or the request's own) and the host's name, TLS is 1.2 or newer, redirects are never
// followed, connections are not kept. No host is called that HttpAccess::allowed_hosts does not name: neither
// the receiver nor who gives tokens nor a proxy. Of an answer at most 64 KiB of body are read; what its
// status says holds even if the body ends early.
//
// submit and take_results may be called from any one thread. What is under way when the object is
// destroyed is dropped without an outcome: the outbox makes the attempt again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "alerts/retry.h"
#include "alerts/webhook_request.h"
#include "core/time.h"

namespace driftd::alerts {

struct DeliveryOptions {
  std::string user_agent = "driftd";
  std::string ca_file;            // authorities beside the system's (PEM); empty: none
  std::function<void()> on_done;  // called on the delivery's thread when a result can be taken
};

struct Outcome {
  std::string id;
  Answer answer;
};

class Delivery {
 public:
  explicit Delivery(DeliveryOptions options);
  ~Delivery();  // stops at once
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  void submit(std::string id, HttpRequest request, Duration timeout);
  std::vector<Outcome> take_results();
  // Waits for the next results; empty when `timeout` passes first.
  std::vector<Outcome> wait_results(Duration timeout);

  struct Engine;  // delivery_engine.h

 private:
  std::shared_ptr<Engine> engine_;
};

}  // namespace driftd::alerts
