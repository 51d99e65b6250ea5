// Writes records to Kafka and knows which of them have arrived.
//
// produce() copies and queues; librdkafka sends from its own threads and tries again for as long as the
// brokers are away (unless a property bounds it). Acknowledgements come in during poll(). Calls come
// from one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "collector/kafka_client.h"
#include "collector/record.h"
#include "core/result.h"

namespace driftd::collector {

struct OutgoingRecord {
  std::string_view topic;
  std::optional<std::int32_t> partition;  // none: by the key's hash, at random without a key
  std::optional<std::string_view> key, value;
  std::span<const Header> headers;
  Time timestamp = kNoTime;  // kNoTime: now
  std::uint64_t tag = 0;     // comes back with the delivery
};

enum class Delivery { arrived, too_large, failed };

class KafkaSink {
 public:
  // Told once per record, during poll() or flush(), with the broker's words where it failed.
  using DeliveryCallback = std::function<void(std::uint64_t tag, Delivery delivery, std::string_view words)>;

  // invalid where a property is refused. Does not wait for a broker.
  static Result<std::unique_ptr<KafkaSink>> open(const KafkaConnection& connection,
                                                 DeliveryCallback delivered = {});
  ~KafkaSink();  // drops what is still queued: flush() first

  // unavailable: the queue is full, poll() and try again. invalid: larger than message.max.bytes.
  // refused: it cannot be sent for another reason.
  Status produce(const OutgoingRecord& record);
  void poll(std::chrono::milliseconds wait);
  // True when nothing is queued any more; waits at most `wait`.
  bool flush(std::chrono::milliseconds wait);
  [[nodiscard]] std::size_t pending() const;
  [[nodiscard]] std::uint64_t failed() const;  // deliveries that did not arrive

 private:
  class Impl;
  explicit KafkaSink(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace driftd::collector
