#include "app/service.h"

#include <algorithm>
#include <array>
#include <random>

#include "app/certify/certificate_watch.h"
#include "app/config/reload.h"
#include "app/http/api.h"
#include "app/kafka_topics.h"
#include "app/pipeline/deliver.h"
#include "app/version.h"
#include "app/wall_clock.h"
#include "collector/kafka_dead_letters.h"
#include "collector/kafka_source.h"
#include "core/hash.h"

namespace driftd::app {

namespace {

// Of a round. While many slots close at once, fewer are taken, so that whoever asks is answered soon.
constexpr std::size_t kFewestRecords = 50;
constexpr std::size_t kMostRecords = 20'000;
constexpr std::chrono::milliseconds kRoundTime{250};
constexpr std::chrono::milliseconds kPollWait{100};
constexpr std::chrono::seconds kNextAttempt{2};      // after topics were missing, or no broker there
constexpr std::chrono::seconds kConnectTimeout{15};  // then with handles made anew
constexpr std::chrono::seconds kSlowAnswer{2};
constexpr std::chrono::seconds kLongestPause{2};  // between answers, of which each may wait ten
constexpr std::chrono::seconds kLettersWait{30};  // until it is told
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

Status Service::turn() {
  mailbox_.health().beat();
  notifier_.beat();
  facts_.loop_stalls = monitor_.stalls();
  if (!engine_) return begin_if_kafka_is_there();
  note_http();
  serve_in_turn();
  if (auto done = take_round(); !done.ok()) return done;
  if (auto done = checkpoint_if_due(engine_->has_unsaved_deliveries()); !done.ok()) return done;
  log_incidents();
  engine_->state().limits.tell(log_, wall_clock());
  deliver();
  return success();
}

// Whoever asks again and again for what takes long to make leaves half of the time to the stream.
void Service::serve_in_turn() {
  const auto begin = std::chrono::steady_clock::now();
  if (begin < next_answers_) return;
  mailbox_.serve(*view_);
  const auto end = std::chrono::steady_clock::now();
  next_answers_ = end + std::min<std::chrono::steady_clock::duration>(end - begin, kLongestPause);
}

void Service::note_http() {
  LimitLog& limits = engine_->state().limits;
  const HttpStats before = std::exchange(facts_.http, server_->stats());
  limits.note(Limit::connections, facts_.http.closed_for_connections - before.closed_for_connections, url());
  limits.note(Limit::http_memory, facts_.http.closed_for_memory - before.closed_for_memory, url());
  limits.note(Limit::slow_clients, facts_.http.closed_as_slow - before.closed_as_slow, url());
}

Status Service::take_round() {
  dead_letters_->poll(std::chrono::milliseconds(0));
  if (dead_letters_->full()) {
    engine_->state().limits.note(Limit::dead_letters, 1, config_->kafka.dead_letter_topic);
    dead_letters_->poll(kPollWait);
    return success();
  }
  auto batch = source_->poll(round_records_, kPollWait);
  if (!batch.ok()) {
    if (batch.error().code != ErrorCode::unavailable) return batch.error();
    tell_waiting(batch.error());
    mailbox_.wait(kPollWait);
    return success();
  }
  if (!ready_) become_ready();
  const auto begin = std::chrono::steady_clock::now();
  Status done = engine_->round(*batch, wall_now());
  const auto took = std::chrono::steady_clock::now() - begin;
  if (took > kRoundTime)
    round_records_ = std::max(kFewestRecords, round_records_ / 2);
  else if (took < kRoundTime / 4)
    round_records_ = std::min(kMostRecords, round_records_ * 2);
  return done;
}

// For whatever waits: a clock that was set since the last look has moved it along.
Time Service::wall_now() {
  const Time now = wall_clock();
  if (const Duration by = clock_watch_.set_by(now); by != 0) {
    if (engine_) engine_->clock_was_set(by);
    log_.info("the clock was set; what waits, goes on waiting for as long as it would have",
              {{"by_seconds", by / kSecond}});
  }
  return now;
}

void Service::become_ready() {
  ready_ = true;
  mailbox_.health().set_ready();
  notifier_.ready(serving());
}

std::string Service::serving() const {
  return "reading " + std::to_string(source_->partitions().size()) + " partitions, serving " + url();
}

Status Service::checkpoint_if_due(bool force) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_checkpoint_ && (!force || checkpoint_failed_)) return success();
  if (dead_letters_->pending() > 0) dead_letters_->poll(kPollWait);
  if (const std::size_t letters = dead_letters_->pending(); letters > 0) {
    if (now - next_checkpoint_ > kLettersWait && letters_told_.allow(wall_clock()))
      log_.warn("no checkpoint is written until the dead-letter topic has taken what waits for it",
                {{"topic", config_->kafka.dead_letter_topic}, {"letters", letters}});
    return success();
  }
  if (auto done = engine_->checkpoint(); !done.ok()) {
    next_checkpoint_ = now + std::chrono::seconds(1);
    return note_failed_checkpoint(done.error());
  }
  if (checkpoint_failed_) log_.info("checkpoints succeed again", {{"failures", facts_.checkpoint_failures}});
  const auto end = std::chrono::steady_clock::now();
  checkpoint_failed_ = false;
  facts_.checkpoint_duration.add(std::chrono::duration<double>(end - now).count(), kCheckpointBounds);
  facts_.last_checkpoint = wall_clock();
  next_checkpoint_ = now + std::chrono::microseconds(config_->storage.checkpoint_every);
  source_->commit(engine_->offsets());
  return success();
}

// What a later attempt may pass is tried again. Where the disk has refused what it had to keep, nobody but a
// new process that reads it knows what it holds.
Status Service::note_failed_checkpoint(const Error& error) {
  ++facts_.checkpoint_failures;
  checkpoint_failed_ = true;
  if (store_->is_lost() || error.code == ErrorCode::corrupt)
    return Error{error.code,
                 "the state cannot be kept any more, and driftd ends; it goes on from the last "
                 "checkpoint when it is started again: " +
                     error.message};
  if (failures_told_.allow(wall_clock()))
    log_.error("checkpoint failed; it is tried again every second, and told once a minute",
               {{"error", error.message}, {"failures", facts_.checkpoint_failures}});
  return success();
}

// The newest are kept for whoever asks; nobody needs to.
void Service::log_incidents() {
  constexpr std::size_t kKept = 100;
  for (alerts::IncidentEvent& event : std::exchange(engine_->state().desk.events, {})) {
    const alerts::Incident& incident = event.incident;
    log_.info("incident " + std::string(alerts::name_of(event.type)),
              {{"incident", incident.id},
               {"model", incident.key.model},
               {"version", incident.key.version},
               {"severity", alerts::name_of(incident.findings.severity)},
               {"action", alerts::name_of(incident.findings.action)},
               {"summary", incident.findings.summary}});
    if (events_.size() >= kKept) events_.erase(events_.begin());
    events_.push_back(std::move(event));
  }
  for (const alerts::DigestNotice& digest : std::exchange(engine_->state().desk.digests, {}))
    log_.info("digest", {{"digest", digest.id}, {"at", format_rfc3339(digest.at)}});
}

void Service::deliver() {
  auto& outbox = engine_->state().desk.outbox;
  const Time now = wall_now();
  take_outcomes(outbox, delivery_->take_results(), now);
  if (!engine_->has_unsaved_deliveries()) send_due(outbox, *delivery_, now);  // only what is stored goes out
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
