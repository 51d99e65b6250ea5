#include "app/demo/receiver.h"

#include <charconv>
#include <span>
#include <utility>

#include "alerts/signature.h"

namespace driftd::app {

Result<std::unique_ptr<DemoReceiver>> DemoReceiver::start(Secret secret) {
  std::unique_ptr<DemoReceiver> receiver(new DemoReceiver(std::move(secret)));
  auto server = HttpServer::start("127.0.0.1:0",
                                  [raw = receiver.get()](const Request& request, const Respond& respond) {
                                    respond(raw->receive(request));
                                  });
  if (!server.ok()) return server.error();
  receiver->server_ = std::move(*server);
  return receiver;
}

Response DemoReceiver::receive(const Request& request) {
  const std::string* id = request.header("webhook-id");
  const std::string* time = request.header("webhook-timestamp");
  const std::string* signature = request.header("webhook-signature");
  ReceivedWebhook received;
  received.body = request.body;
  if (id != nullptr && time != nullptr && signature != nullptr) {
    received.id = *id;
    std::int64_t seconds = 0;
    std::from_chars(time->data(), time->data() + time->size(), seconds);
    received.signature_holds = *signature == alerts::sign(std::span(&secret_, 1), *id, seconds, request.body);
  }
  const std::lock_guard lock(mutex_);
  received_.push_back(std::move(received));
  return {200, "text/plain", "thank you\n", {}};
}

std::vector<ReceivedWebhook> DemoReceiver::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(received_, {});
}

}  // namespace driftd::app
