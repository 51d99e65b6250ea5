// The demo's receiver of webhooks: answers 200 and keeps what came, with whether its signature holds.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "app/http/server.h"
#include "core/secret.h"

namespace driftd::app {

struct ReceivedWebhook {
  std::string id;
  std::string body;
  bool signature_holds = false;
};

class DemoReceiver {
 public:
  static Result<std::unique_ptr<DemoReceiver>> start(Secret secret);

  [[nodiscard]] std::string url() const { return server_->url() + "/retrain"; }
  std::vector<ReceivedWebhook> take();  // since the last call; any thread

 private:
  explicit DemoReceiver(Secret secret) : secret_(std::move(secret)) {}
  Response receive(const Request& request);

  Secret secret_;
  std::mutex mutex_;
  std::vector<ReceivedWebhook> received_;  // guarded by mutex_
  std::optional<HttpServer> server_;       // last: its thread ends before what it uses
};

}  // namespace driftd::app
