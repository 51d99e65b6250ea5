#include "app/demo/producer.h"

#include <chrono>

#include "app/simulate/scenario.h"
#include "app/simulate/stream.h"

namespace driftd::app {

namespace {

simulate::StreamOptions stream_options(Time begin) {
  simulate::StreamOptions options;
  options.events = DemoProducer::kEvents;
  options.rate = DemoProducer::kEventsPerSecond;
  options.start = begin;
  return options;
}

}  // namespace

Result<std::unique_ptr<DemoProducer>> DemoProducer::start(const std::vector<std::string>& brokers,
                                                          Time begin) {
  collector::KafkaConnection connection;
  connection.brokers = brokers;
  auto sink = collector::KafkaSink::open(connection);
  if (!sink.ok()) return sink.error();
  std::unique_ptr<DemoProducer> producer(new DemoProducer);
  producer->sink_ = std::move(*sink);
  const simulate::Scenario* credit = simulate::find_scenario("credit");
  const simulate::Stream stream(*credit, stream_options(begin));
  for (const simulate::Change& change : credit->changes) {
    const std::uint64_t event = simulate::index_of(change, kEvents);
    producer->planted_.push_back({stream.time_of(event), event, change.what});
  }
  producer->thread_ = std::thread([raw = producer.get(), begin] { raw->send_all(begin); });
  return producer;
}

DemoProducer::~DemoProducer() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void DemoProducer::send_all(Time begin) {
  simulate::Stream stream(*simulate::find_scenario("credit"), stream_options(begin));
  const auto wall = std::chrono::steady_clock::now();
  while (auto event = stream.next()) {
    if (stopping_) return;
    const collector::OutgoingRecord record{.topic = event->feedback ? "feedback" : "predictions",
                                           .partition = std::nullopt,
                                           .key = event->id,
                                           .value = event->json,
                                           .headers = {},
                                           .timestamp = event->time};
    while (!sink_->produce(record).ok() && !stopping_) sink_->poll(std::chrono::milliseconds(50));
    sink_->poll(std::chrono::milliseconds(0));
    if (event->feedback) continue;
    ++sent_;
    std::this_thread::sleep_until(wall + std::chrono::microseconds(1'000'000 / kPredictionsPerWallSecond) *
                                             sent_.load());
  }
  sink_->flush(std::chrono::seconds(10));
}

}  // namespace driftd::app
