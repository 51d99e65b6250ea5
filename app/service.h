// The service: source, engine, store, HTTP and deliveries, and the loop that turns them.
//
// This is where one event's way begins (turn: poll -> Engine::round -> checkpoint -> deliver). Start
// goes downstream first, stop upstream first, and stopping is bounded. Everything runs on the
// caller's thread but what has threads of its own: librdkafka, HTTP, deliveries, lanes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alerts/delivery.h"
#include "app/clock_watch.h"
#include "app/config/load.h"
#include "app/http/gate.h"
#include "app/http/mailbox.h"
#include "app/http/server.h"
#include "app/log.h"
#include "app/loop_monitor.h"
#include "app/notifier.h"
#include "app/pipeline/engine.h"
#include "app/pipeline/live_view.h"
#include "app/rate_limit.h"
#include "app/waiting_view.h"
#include "collector/dead_letters.h"
#include "collector/source.h"
#include "core/result.h"
#include "storage/store.h"

namespace driftd::app {

class Service {
 public:
  // Opens the store and HTTP; turn() does the rest. `file` is read again at a reload. Errors name what could
  // not be opened and the remedy. While brokers do not answer in turn(), `stop_asked` is asked a few times a
  // second whether to go on waiting.
  static Result<std::unique_ptr<Service>> start(const std::string& file, Config config, Logger log,
                                                std::function<bool()> stop_asked = {});
  // Drains the round under way, checkpoints, commits, and lets go of everything.
  ~Service();

  // One turn of the loop. Until its brokers and topics are there it waits for them, and answers HTTP
  // meanwhile. Fails where the program cannot go on (the store, another process, wrong credentials).
  Status turn();
  // All or nothing: a faulty file changes nothing; the message then lists its faults.
  Status reload();
  // Stops taking records and writes the last checkpoint; docs/operations.md states in what time.
  Status stop();

  [[nodiscard]] std::string url() const { return server_->url(); }
  // What /metrics shows.
  std::string metrics() { return view().metrics(); }
  // What happened to incidents since the last call; turn() has logged it.
  std::vector<alerts::IncidentEvent> take_events() { return std::exchange(events_, {}); }

 private:
  static constexpr std::chrono::milliseconds kPollWait{100};

  Service(std::string file, Config config, Logger log, std::function<bool()> stop_asked);
  Status open_store();
  Status open_kafka();
  Status open_http();
  Status open_engine();
  Status begin_if_kafka_is_there();
  void become_ready();
  [[nodiscard]] std::string serving() const;
  void tell_waiting(const Error& why);
  bool idle();
  EngineView& view() { return view_ ? static_cast<EngineView&>(*view_) : waiting_view_; }
  Status read_config_anew();
  Status take_config(std::unique_ptr<Config> config);
  Status take_round();
  Status checkpoint_if_due(bool force);
  Status note_failed_checkpoint(const Error& error);
  void deliver();
  void log_incidents();
  Time wall_now();
  void note_http();
  void serve_in_turn();
  void warn_of_uncertified_models();

  std::string file_;
  std::unique_ptr<Config> config_;
  Logger log_;
  std::function<bool()> stop_asked_;
  std::string process_id_;
  ServiceFacts facts_;
  Notifier notifier_;
  RateLimit waiting_told_;
  std::optional<ErrorCode> waiting_for_;
  std::chrono::steady_clock::time_point attempt_began_;
  std::chrono::steady_clock::time_point next_attempt_;
  bool reloaded_while_waiting_ = false;
  bool ready_ = false;
  WaitingView waiting_view_;
  Mailbox mailbox_;
  Gate gate_;  // before the server that asks it
  LoopMonitor monitor_;
  ClockWatch clock_watch_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<collector::Source> source_;
  std::unique_ptr<collector::DeadLetterSink> dead_letters_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<LiveView> view_;
  std::unique_ptr<alerts::Delivery> delivery_;
  std::unique_ptr<HttpServer> server_;
  std::size_t round_records_ = 1000;
  std::chrono::steady_clock::time_point next_checkpoint_;
  std::chrono::steady_clock::time_point next_answers_;
  bool checkpoint_failed_ = false;  // the last one: deliveries cannot hurry the next
  RateLimit failures_told_{kMinute};
  RateLimit letters_told_{5 * kMinute};
  std::vector<alerts::IncidentEvent> events_;
  bool stopped_ = false;
};

}  // namespace driftd::app
