// Dead letters into a Kafka topic (collector/dead_letters.h says what is in them).
//
// A letter is tried until it is acknowledged; what the broker refuses is logged and tried again after a
// second, for a topic can be created or permitted while we wait, and no checkpoint passes until
// then. One that the broker finds too large is sent without its value, then without the record's headers,
// then without its key; the text headers `driftd.value.omitted`, `driftd.headers.omitted` and
// `driftd.key.omitted` hold their sizes in bytes. Beyond 32 MiB each is left out at once.
#pragma once

#include <memory>
#include <string>

#include "collector/dead_letters.h"
#include "collector/kafka_client.h"
#include "core/result.h"

namespace driftd::collector {

class KafkaDeadLetters final : public DeadLetterSink {
 public:
  static Result<std::unique_ptr<KafkaDeadLetters>> open(const KafkaConnection& connection, std::string topic);
  ~KafkaDeadLetters() override;

  void send(const DeadLetter& letter) override;
  void poll(std::chrono::milliseconds wait) override;
  [[nodiscard]] std::size_t pending() const override;
  [[nodiscard]] bool full() const override;
  [[nodiscard]] const std::map<std::string, std::uint64_t>& delivered() const override;

 private:
  class Impl;
  explicit KafkaDeadLetters(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace driftd::collector
