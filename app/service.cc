#include "app/service.h"

#include <algorithm>

#include "app/pipeline/deliver.h"
#include "app/wall_clock.h"

namespace driftd::app {

namespace {

// Of a round. While many slots close at once, fewer are taken, so that whoever asks is answered soon.
constexpr std::size_t kFewestRecords = 50;
constexpr std::size_t kMostRecords = 20'000;
constexpr std::chrono::milliseconds kRoundTime{250};
constexpr std::chrono::seconds kLongestPause{2};  // between answers, of which each may wait ten
constexpr std::chrono::seconds kLettersWait{30};  // until it is told

}  // namespace

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

}  // namespace driftd::app
