// The service: source, engine, store, HTTP and deliveries, and the loop that turns them.
//
// This is where one event's way begins (turn: poll -> Engine::round -> checkpoint -> deliver). Start
// goes downstream first, stop upstream first, and stopping is bounded. Everything runs on the
// caller's thread but what has threads of its own: librdkafka, HTTP, deliveries, lanes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "alerts/delivery.h"
#include "app/config/load.h"
#include "app/http/mailbox.h"
#include "app/http/server.h"
#include "app/log.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/live_view.h"
#include "app/rate_limit.h"
#include "collector/dead_letters.h"
#include "collector/source.h"
#include "core/result.h"
#include "storage/store.h"

namespace driftd::app {

class Service {
 public:
  // `file` is read again at a reload. Errors name what could not be opened and the remedy. While brokers do
  // not answer, now or in turn(), `stop_asked` is asked a few times a second whether to go on waiting.
  static Result<std::unique_ptr<Service>> start(const std::string& file, Config config, Logger log,
                                                std::function<bool()> stop_asked = {});
  // Drains the round under way, checkpoints, commits, and lets go of everything.
  ~Service();

  // One turn of the loop. Fails where the program cannot go on (the store, another process).
  Status turn();
  // A faulty file changes nothing; the message then lists its faults.
  Status reload();
  // Stops taking records and writes the last checkpoint.
  Status stop();

  [[nodiscard]] std::string url() const { return server_->url(); }
  // What /metrics shows.
  std::string metrics() { return view_->metrics(); }
  // What happened to incidents since the last call; turn() has logged it.
  std::vector<alerts::IncidentEvent> take_events() { return std::exchange(events_, {}); }

 private:
  Service(std::string file, Config config, Logger log, std::function<bool()> stop_asked);
  Status open_store();
  Status open_kafka();
  Status open_http();
  Status open_engine();
  Status take_round();
  Status checkpoint_if_due(bool force);
  Status note_failed_checkpoint(const Error& error);
  void deliver();
  void log_incidents();
  void warn_of_uncertified_models();

  std::string file_;
  std::unique_ptr<Config> config_;
  Logger log_;
  std::function<bool()> stop_asked_;
  std::string process_id_;
  ServiceFacts facts_;
  Mailbox mailbox_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<collector::Source> source_;
  std::unique_ptr<collector::DeadLetterSink> dead_letters_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<LiveView> view_;
  std::unique_ptr<alerts::Delivery> delivery_;
  std::unique_ptr<HttpServer> server_;
  std::size_t round_records_ = 1000;
  std::chrono::steady_clock::time_point next_checkpoint_;
  bool checkpoint_failed_ = false;  // the last one: deliveries cannot hurry the next
  RateLimit failures_told_{kMinute};
  std::vector<alerts::IncidentEvent> events_;
  bool stopped_ = false;
};

}  // namespace driftd::app
