#include "collector/kafka_watcher.h"

#include <algorithm>

namespace driftd::collector {
namespace {

constexpr std::chrono::seconds kEndIsKnownFor{10};
constexpr std::chrono::seconds kFailedCommitTold{60};
constexpr std::chrono::milliseconds kAnswerWithin{3'000};
constexpr std::chrono::milliseconds kCommitWithin{5'000};
constexpr std::chrono::milliseconds kLastCommitWithin{2'000};  // somebody waits for the end

}  // namespace

KafkaWatcher::KafkaWatcher(const KafkaSourceOptions& options, const KafkaQueries& queries,
                           const KafkaContext& context)
    : queries_(queries),
      context_(context),
      end_interval_(options.end_interval),
      metadata_interval_(options.metadata_interval),
      takeover_({options.process_id, options.process_start_ms}) {}

void KafkaWatcher::start(std::vector<TopicPartition> partitions) {
  add(partitions);
  thread_ = std::thread([this] { run(); });
}

void KafkaWatcher::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void KafkaWatcher::add(const std::vector<TopicPartition>& more) {
  const std::lock_guard lock(mutex_);
  partitions_.insert(partitions_.end(), more.begin(), more.end());
  ends_.resize(partitions_.size());
}

std::optional<std::int64_t> KafkaWatcher::last_stable_offset(std::size_t partition) const {
  const std::lock_guard lock(mutex_);
  const auto& end = ends_[partition];
  if (!end || Clock::now() - end->asked > kEndIsKnownFor) return std::nullopt;
  return end->offset;
}

void KafkaWatcher::commit(std::vector<TopicPartition> of, std::vector<std::int64_t> offsets) {
  {
    const std::lock_guard lock(mutex_);
    commit_ = {std::move(of), std::move(offsets)};
  }
  wake_.notify_all();
}

std::vector<TopicSize> KafkaWatcher::take_growth() {
  const std::lock_guard lock(mutex_);
  return std::exchange(growth_, {});
}

std::optional<Error> KafkaWatcher::must_end() const {
  const std::lock_guard lock(mutex_);
  return must_end_;
}

void KafkaWatcher::run() {
  auto next_ends = Clock::now();
  auto next_sizes = Clock::now() + metadata_interval_;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait_until(lock, std::min(next_ends, next_sizes), [this] { return stopping_ || commit_; });
    const auto commit = std::exchange(commit_, {});
    const bool last = stopping_;
    lock.unlock();
    if (commit) do_commit(*commit, last ? kLastCommitWithin : kCommitWithin);
    if (last) return;
    if (Clock::now() >= next_ends) {
      ask_ends();
      next_ends = Clock::now() + end_interval_;
    }
    if (Clock::now() >= next_sizes) {
      ask_sizes();
      next_sizes = Clock::now() + metadata_interval_;
    }
    queries_.serve_events();
    lock.lock();
  }
}

void KafkaWatcher::ask_ends() {
  std::vector<TopicPartition> partitions;
  {
    const std::lock_guard lock(mutex_);
    partitions = partitions_;
  }
  if (partitions.empty()) return;
  const auto asked = Clock::now();
  const auto ends = queries_.known_ends(partitions, kAnswerWithin);
  if (!ends.ok()) return note_silence(asked, ends.error().message);  // the ends grow old
  note_answer(asked);
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < partitions.size(); ++i)
    if (ends.value()[i]) ends_[i] = End{*ends.value()[i], asked};
}

// librdkafka tells of connections; whether reading goes on is told here, once each.
void KafkaWatcher::note_silence(Clock::time_point asked, const std::string& why) {
  if (!silent_since_) silent_since_ = asked;
  if (silence_told_ || Clock::now() - *silent_since_ < kEndIsKnownFor) return;
  silence_told_ = true;
  context_.say(LogLevel::error,
               "kafka: the brokers do not answer; reading goes on when they do (" + why + ")");
}

void KafkaWatcher::note_answer(Clock::time_point asked) {
  if (silence_told_) {
    const auto away = std::chrono::duration_cast<std::chrono::seconds>(asked - *silent_since_);
    context_.say(LogLevel::info,
                 "kafka: the brokers answer again, after " + std::to_string(away.count()) + " s");
  }
  silence_told_ = false;
  silent_since_.reset();
}

void KafkaWatcher::ask_sizes() {
  auto sizes = queries_.sizes(kAnswerWithin);
  if (!sizes.ok()) return;
  const std::lock_guard lock(mutex_);
  for (TopicSize& size : *sizes) {
    const auto known = std::count_if(partitions_.begin(), partitions_.end(),
                                     [&](const TopicPartition& of) { return of.topic == size.topic; });
    if (size.partitions.value_or(0) > known) growth_.push_back(std::move(size));
  }
}

void KafkaWatcher::do_commit(const Commit& commit, std::chrono::milliseconds within) {
  if (must_end()) return;
  const Status looked = look_for_others(commit, within);
  if (!looked.ok() && looked.error().code == ErrorCode::refused) return;
  const Status status =
      looked.ok() ? queries_.commit(commit.of, commit.offsets, takeover_.self().metadata(), within) : looked;
  if (!status.ok()) {
    // Only displays of lag suffer: our own store has the offsets.
    if (failed_commit_told_ && Clock::now() - *failed_commit_told_ < kFailedCommitTold) return;
    failed_commit_told_ = Clock::now();
    context_.say(LogLevel::warning, "kafka: " + status.error().message);
    return;
  }
  for (const TopicPartition& of : commit.of) takeover_.wrote({of.topic, of.partition});
}

Status KafkaWatcher::look_for_others(const Commit& commit, std::chrono::milliseconds within) {
  const auto committed = queries_.committed(commit.of, within);
  if (!committed.ok()) return committed.error();
  std::optional<ProcessIdentity> other;
  for (std::size_t i = 0; i < commit.of.size(); ++i) {
    const auto found =
        takeover_.look({commit.of[i].topic, commit.of[i].partition}, committed.value()[i].metadata);
    if (found) other = found;
  }
  if (!other) return success();
  const std::string who = "another driftd (process " + other->id + ", started " +
                          format_rfc3339(other->start_ms * kMillisecond) + ") commits for the same group";
  if (!takeover_.must_yield_to(*other)) {
    context_.say(LogLevel::error, who + "; it started later and has to end, this one goes on");
    return success();
  }
  const std::lock_guard lock(mutex_);
  must_end_ =
      Error{ErrorCode::refused, who + " and started earlier; give each its own kafka.group and storage.path"};
  return *must_end_;
}

}  // namespace driftd::collector
