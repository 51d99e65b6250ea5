// How the service begins, takes a changed configuration, and ends; service.cc is its loop.
#include <algorithm>
#include <array>
#include <random>

#include "app/certify/certificate_watch.h"
#include "app/config/reload.h"
#include "app/http/api.h"
#include "app/kafka_topics.h"
#include "app/service.h"
#include "app/version.h"
#include "app/wall_clock.h"
#include "collector/kafka_dead_letters.h"
#include "collector/kafka_source.h"
#include "core/hash.h"

namespace driftd::app {

namespace {

constexpr std::chrono::seconds kNextAttempt{2};      // after topics were missing, or no broker there
constexpr std::chrono::seconds kConnectTimeout{15};  // then with handles made anew
constexpr std::chrono::seconds kSlowAnswer{2};
constexpr Duration kWaitingTold = 30 * kSecond;

std::chrono::milliseconds milliseconds_of(Duration duration) {
  return std::chrono::milliseconds(duration / kMillisecond);
}

std::string random_id() {
  std::random_device random;
  std::array<std::uint32_t, 4> words{random(), random(), random(), random()};
  return hex({reinterpret_cast<const char*>(words.data()), sizeof words});
}

}  // namespace

Service::Service(std::string file, Config config, Logger log, std::function<bool()> stop_asked)
    : file_(std::move(file)),
      config_(std::make_unique<Config>(std::move(config))),
      log_(std::move(log)),
      stop_asked_(std::move(stop_asked)),
      process_id_(random_id()),
      waiting_told_(kWaitingTold),
      waiting_view_(config_, facts_, [this] { return reload(); }),
      gate_(config_->http, log_),
      monitor_(mailbox_.health(), log_) {
  facts_.started = wall_clock();
  facts_.reloaded = facts_.started;
  mailbox_.health().set_stalled_after(milliseconds_of(config_->service.stalled_after));
}

Service::~Service() {
  if (!stopped_) (void)stop();
}

Result<std::unique_ptr<Service>> Service::start(const std::string& file, Config config, Logger log,
                                                std::function<bool()> stop_asked) {
  std::unique_ptr<Service> service(
      new Service(file, std::move(config), std::move(log), std::move(stop_asked)));
  for (const auto step : {&Service::open_store, &Service::open_http})
    if (auto done = (service.get()->*step)(); !done.ok()) {
      service->stopped_ = true;
      return done.error();
    }
  service->mailbox_.health().set_not_ready("it waits for Kafka");
  return service;
}

// What a person or another service may still bring about is waited for; all else ends the program.
Status Service::begin_if_kafka_is_there() {
  mailbox_.serve(view());
  notifier_.still_starting("waiting for Kafka");
  if (std::chrono::steady_clock::now() < next_attempt_) {
    mailbox_.wait(kPollWait);
    return success();
  }
  reloaded_while_waiting_ = false;
  attempt_began_ = std::chrono::steady_clock::now();
  if (const Status opened = open_kafka(); !opened.ok()) {
    const ErrorCode code = opened.error().code;
    if (code != ErrorCode::unavailable && code != ErrorCode::not_found) return opened;
    if (reloaded_while_waiting_ || (stop_asked_ && stop_asked_())) return success();
    tell_waiting(opened.error());
    next_attempt_ = std::chrono::steady_clock::now() + kNextAttempt;
    return success();
  }
  if (const Status opened = open_engine(); !opened.ok()) return opened;
  mailbox_.health().set_not_ready("partitions are not assigned");
  log_.info("started", {{"version", version()},
                        {"http", url()},
                        {"partitions", source_->partitions().size()},
                        {"storage", config_->storage.path}});
  warn_of_uncertified_models();
  return success();
}

// At once where it is for something else than before.
void Service::tell_waiting(const Error& why) {
  if (waiting_for_ != why.code) waiting_told_ = RateLimit(kWaitingTold);
  waiting_for_ = why.code;
  if (waiting_told_.allow(wall_clock()))
    log_.warn("waiting for Kafka", {{"why", why.message}, {"http", url()}});
}

// Called a few times a second while brokers do not answer, on the loop's own thread and between two rounds:
// whoever asks over HTTP is answered all the same. True: do not go on waiting.
bool Service::idle() {
  mailbox_.health().beat();
  notifier_.beat();
  if (!ready_) notifier_.still_starting("waiting for Kafka");
  mailbox_.serve(view());
  const bool in_vain = std::chrono::steady_clock::now() - attempt_began_ > kSlowAnswer;
  if (!source_ && in_vain) tell_waiting({ErrorCode::unavailable, "no broker of kafka.brokers answers"});
  return reloaded_while_waiting_ || (stop_asked_ && stop_asked_());
}

Status Service::open_store() {
  auto store = storage::Store::open(config_->storage.path,
                                    {.add = &add_history, .written_by = "driftd " + std::string(version())});
  if (!store.ok()) return store.error();
  store_ = std::make_unique<storage::Store>(std::move(*store));
  return success();
}

Status Service::open_http() {
  HttpLimits limits;
  limits.body_bytes = static_cast<std::size_t>(config_->limits.max_profile);
  limits.max_connections = static_cast<std::size_t>(config_->http.max_connections);
  limits.max_memory = static_cast<std::size_t>(config_->http.max_memory);
  auto server =
      HttpServer::start(config_->http.listen, guarded(make_api(mailbox_), gate_), limits, config_->http.tls);
  if (!server.ok()) return server.error();
  server_ = std::make_unique<HttpServer>(std::move(*server));
  return success();
}

Status Service::open_kafka() {
  collector::KafkaConnection connection{config_->kafka.brokers, config_->kafka.properties, kafka_log(log_)};
  auto source = collector::KafkaSource::open({.connection = connection,
                                              .group = config_->kafka.group,
                                              .topics = kafka_topics(config_->kafka.topics),
                                              .start = config_->kafka.start,
                                              .until = {},
                                              .process_id = process_id_,
                                              .process_start_ms = facts_.started / kMillisecond,
                                              .connect_timeout = kConnectTimeout,
                                              .stop_asked = [this] { return idle(); }});
  if (!source.ok()) return source.error();
  auto letters = collector::KafkaDeadLetters::open(connection, config_->kafka.dead_letter_topic);
  if (!letters.ok()) return letters.error();
  dead_letters_ = std::move(*letters);
  source_ = std::move(*source);
  return success();
}

Status Service::open_engine() {
  auto engine = Engine::open({.config = config_.get(),
                              .store = store_.get(),
                              .source = source_.get(),
                              .dead_letters = dead_letters_.get(),
                              .log = log_,
                              .replay = false,
                              .base_url = url(),
                              .wall_now = wall_now()});
  if (!engine.ok()) return engine.error();
  engine_ = std::move(*engine);
  view_ = std::make_unique<LiveView>(*engine_, facts_, [this] { return reload(); });
  delivery_ = std::make_unique<alerts::Delivery>(alerts::DeliveryOptions{
      .user_agent = "driftd/" + std::string(version()), .ca_file = {}, .on_done = [this] {
        mailbox_.notify();
      }});
  next_checkpoint_ = std::chrono::steady_clock::now();
  return success();
}

void Service::warn_of_uncertified_models() {
  warn_of_uncertified(uncertified(*config_, engine_->state().registry), file_, log_);
}

Status Service::reload() {
  notifier_.reloading();
  Status done = read_config_anew();
  facts_.reload_succeeded = done.ok();
  if (done.ok()) {
    facts_.reloaded = wall_clock();
    log_.info("configuration reloaded", {{"file", file_}});
    if (engine_) warn_of_uncertified_models();
  }
  if (ready_) notifier_.ready(serving());
  return done;
}

Status Service::read_config_anew() {
  LoadedConfig loaded = load_config(file_);
  if (!loaded.ok()) return Error{ErrorCode::invalid, to_text(loaded.faults)};
  for (const std::string& key : keys_that_need_restart(*config_, loaded.config))
    if (engine_ || !key.starts_with("kafka."))
      log_.warn("a changed key takes effect after a restart", {{"key", key}});
  return take_config(std::make_unique<Config>(std::move(loaded.config)));
}

// What can fail comes first, and nothing is changed by it.
Status Service::take_config(std::unique_ptr<Config> config) {
  std::optional<HttpServer::Certificates> certificates;
  if (config->http.tls && config_->http.tls) {
    auto read = HttpServer::read_certificates(*config->http.tls);
    if (!read.ok()) return read.error();
    certificates = std::move(*read);
  }
  if (engine_) {
    config->dedupe = config_->dedupe;
    if (Status done = engine_->reconfigure(*config, wall_now()); !done.ok()) return done;
  }
  config_ = std::move(config);
  if (certificates) server_->use(*std::move(certificates));
  gate_.configure(config_->http);
  mailbox_.health().set_stalled_after(milliseconds_of(config_->service.stalled_after));
  log_.set_level(config_->log.level);
  reloaded_while_waiting_ = !engine_;
  next_attempt_ = {};
  return success();
}

Status Service::stop() {
  stopped_ = true;
  mailbox_.health().set_not_ready("it is stopping");
  notifier_.stopping();
  if (!engine_) log_.info("stopped before it had started");
  Status saved = success();
  if (engine_) {
    for (int i = 0; i < 50 && dead_letters_->pending() > 0; ++i) dead_letters_->poll(kPollWait);
    if (dead_letters_->pending() == 0) {
      saved = engine_->checkpoint();
      if (saved.ok()) source_->commit(engine_->offsets());
    } else {
      log_.error("dead letters were not acknowledged; their records are read again after the restart");
    }
  }
  mailbox_.close();
  if (server_) server_->stop();
  source_.reset();
  delivery_.reset();
  log_.info("stopped");
  return saved;
}

}  // namespace driftd::app
