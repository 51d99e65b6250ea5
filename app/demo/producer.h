// The demo's model server: sends the credit scenario to the broker, an hour of event time in a second or
// so, on a thread of its own.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "collector/kafka_sink.h"
#include "core/result.h"
#include "core/time.h"

namespace driftd::app {

class DemoProducer {
 public:
  static constexpr std::uint64_t kEvents = 40'000;
  static constexpr double kEventsPerSecond = 1;  // of event time
  static constexpr int kPredictionsPerWallSecond = 2'000;

  // Sends to the topics `predictions` and `feedback` until all events are sent or it is destroyed.
  static Result<std::unique_ptr<DemoProducer>> start(const std::vector<std::string>& brokers, Time begin);
  ~DemoProducer();

  [[nodiscard]] std::uint64_t sent() const { return sent_; }  // predictions
  // Event time of the n-th change of the scenario, and what it is.
  struct Planted {
    Time time = 0;
    std::uint64_t event = 0;
    std::string what;
  };
  [[nodiscard]] const std::vector<Planted>& planted() const { return planted_; }

 private:
  DemoProducer() = default;
  void send_all(Time begin);

  std::unique_ptr<collector::KafkaSink> sink_;
  std::vector<Planted> planted_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace driftd::app
